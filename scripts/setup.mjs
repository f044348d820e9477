/**
 * Makes a fresh clone ready to run: packages, build, Redis. Only Node's own modules, as nothing is installed yet.
 *
 *   node scripts/setup.mjs               everything; a Redis that answers at REDIS_URL is enough
 *   node scripts/setup.mjs --own-redis   a Redis binary on this machine is needed (tests and measurements start their own)
 *   node scripts/setup.mjs --browser     a Chromium too, for the tests in a real browser
 *   node scripts/setup.mjs --build       packages and build only
 *
 * What is in order already is left alone, so a second run takes a fraction of a second. Progress goes to standard
 * error: standard output belongs to the command that follows.
 */
import { existsSync } from 'node:fs';
import { argv, env, exit, stderr, versions } from 'node:process';
import { browserIsThere, installBrowser } from './setup/browser.mjs';
import { buildIsCurrent, build } from './setup/build.mjs';
import { dependenciesAreCurrent, installDependencies } from './setup/dependencies.mjs';
import { oneAtATime } from './setup/one-at-a-time.mjs';
import { installRedis, redisIsThere } from './setup/redis.mjs';
import { SetupError } from './setup/run.mjs';

const flags = new Set(argv.slice(2));
const steps = [
  { what: 'installing the packages', done: dependenciesAreCurrent, work: installDependencies },
  { what: 'building', done: buildIsCurrent, work: build },
];
if (!flags.has('--build')) {
  const ownRedis = flags.has('--own-redis');
  steps.push({
    what: 'installing Redis',
    done: () => redisIsThere(env, ownRedis),
    work: () => installRedis(env),
  });
}
if (flags.has('--browser')) {
  steps.push({
    what: 'installing Chromium',
    done: () => browserIsThere(env),
    work: () => installBrowser(env),
  });
}

try {
  checkNode();
  for (const step of steps) {
    if (await step.done()) continue;
    await oneAtATime(async () => {
      // Whoever held the lock before may have done this very step.
      if (await step.done()) return;
      const started = Date.now();
      say(`${step.what} …`);
      const shortcoming = await step.work();
      if (typeof shortcoming === 'string') return say(shortcoming);
      say(`${step.what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    });
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(`Node.js 20.19 or newer is needed, this is ${versions.node}: install a newer one.`);
  }
  if (!existsSync('package-lock.json')) throw new SetupError('Run this in the folder of the repository.');
}

/** @param {string} line */
function say(line) {
  stderr.write(`setup: ${line}\n`);
}
