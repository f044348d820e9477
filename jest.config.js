/** Tests run as ES modules; Node needs --experimental-vm-modules for that (the npm scripts set it). */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, sourceMaps: 'inline' },
    ],
  },
};

export default {
  projects: ['unit', 'integration', 'end-to-end', 'chaos'].map((room) => ({
    ...base,
    displayName: room,
    testMatch: [`<rootDir>/test/${room}/**/*.test.ts`],
  })),
};
