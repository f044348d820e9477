import { jest } from '@jest/globals';

/** Every room of tests has its own patience (jest.config.js). */
jest.setTimeout(globalThis.testTimeout);
