import Sequencer from '@jest/test-sequencer';

/**
 * How far into the run the files of a room reach. What is over in a moment comes last, so that no worker is left alone with a
 * long file.
 */
const reach = { chaos: 1, 'end-to-end': 0.8, browser: 0.8, integration: 1, unit: 1 };

/**
 * In a fresh clone nobody knows yet how long a file takes, and Jest goes by its size: these are a few lines that run for a minute
 * or nearly, the longest first.
 */
const longest = ['chaos/forgetful-hub', 'chaos/gates', 'chaos/everything'];

/**
 * Each room's files lie evenly over the run, the long ones first: what waits for a browser, for a process or for the clock has
 * something beside it that computes.
 */
export default class extends Sequencer {
  sort(tests) {
    return Object.entries(reach)
      .flatMap(([room, share]) => {
        const files = super
          .sort(tests.filter((test) => test.context.config.displayName.name === room))
          .sort((a, b) => rank(a) - rank(b));
        return files.map((test, index) => ({ test, at: (share * index) / files.length }));
      })
      .sort((a, b) => a.at - b.at)
      .map(({ test }) => test);
  }
}

function rank({ path }) {
  const place = longest.findIndex((name) => path.endsWith(`/${name}.test.ts`));
  return place === -1 ? longest.length : place;
}
