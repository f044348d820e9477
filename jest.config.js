import { findBrowser } from './scripts/setup/find-browser.mjs';

/** Node's own loader takes all modules, in the worker's own realm; test/runner says why. */
const base = {
  runtime: '<rootDir>/test/runner/runtime.mjs',
  testEnvironment: '<rootDir>/test/runner/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
};

/** Milliseconds a test may take. They only bound a hanging test, so they allow for a busy machine. */
const timeouts = { unit: 5_000, integration: 30_000, 'end-to-end': 60_000, chaos: 300_000 };

const browser = findBrowser(process.env);

/** One room of tests, of its own folder. */
const room = (name, testTimeout, globals = {}) => ({
  ...base,
  displayName: name,
  // `testTimeout` of a project is not heeded; the setup file hands this one to Jest.
  globals: { testTimeout, ...globals },
  setupFilesAfterEnv: [
    '<rootDir>/test/runner/test-timeout.mjs',
    // A unit test speaks no HTTP, so there is nothing to hold against the API's description.
    ...(name === 'unit' ? [] : ['<rootDir>/test/support/contract.ts']),
  ],
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
});

export default {
  globalSetup: './test/runner/run-begins.mjs',
  globalTeardown: './test/runner/run-ends.mjs',
  testSequencer: './test/runner/sequencer.mjs',
  projects: [
    ...Object.entries(timeouts).map(([name, testTimeout]) => room(name, testTimeout)),
    // Without a browser there is no such room; `node scripts/setup.mjs --browser` installs one.
    ...(browser === undefined ? [] : [room('browser', 90_000, { browserPath: browser })]),
  ],
};
