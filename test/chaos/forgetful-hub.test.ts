import { test } from '@jest/globals';
import { expectToHold } from './short-run.js';

test('I1, I2, I3, I11: all families of faults at once, and a hub that takes every repeat for a new message', () =>
  expectToHold({ deduplicate: false }));
