import { expect, test } from '@jest/globals';
import { hangingChannel } from '../gate-scenarios.js';

/** `npm run bench -- gates` has the figures; here the machine may have other things to do. */
const allowanceMs = 500;

test('I2b: a thousand lanes of a hanging channel do not slow the messages of another one', async () => {
  const { normalP99Ms, duringP99Ms, lanesHanging, hung } = await hangingChannel({
    lanes: 1000,
    seconds: 3,
    perSecond: 50,
  });
  process.stdout.write(`hanging channel: p99 ${normalP99Ms} ms, meanwhile ${duringP99Ms} ms\n`);
  expect(hung).toBeGreaterThan(0);
  expect(lanesHanging).toBeGreaterThanOrEqual(1000);
  expect(duringP99Ms).toBeLessThan(2 * normalP99Ms + allowanceMs);
});
