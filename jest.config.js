import { findBrowser } from './scripts/setup/find-browser.mjs';

/** Tests run as ES modules; Node needs --experimental-vm-modules for that (the npm scripts set it). */
const base = {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, sourceMaps: 'inline' },
    ],
  },
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
    '<rootDir>/test/support/test-timeout.mjs',
    // A unit test speaks no HTTP, so there is nothing to hold against the API's description.
    ...(name === 'unit' ? [] : ['<rootDir>/test/support/contract.ts']),
  ],
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
});

export default {
  globalSetup: './test/support/run-begins.mjs',
  globalTeardown: './test/support/run-ends.mjs',
  projects: [
    ...Object.entries(timeouts).map(([name, testTimeout]) => room(name, testTimeout)),
    // Without a browser there is no such room; `node scripts/setup.mjs --browser` installs one.
    ...(browser === undefined ? [] : [room('browser', 90_000, { browserPath: browser })]),
  ],
};
