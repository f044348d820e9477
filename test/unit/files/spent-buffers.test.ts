import { memoryUsage } from 'node:process';
import { expect, test } from '@jest/globals';
import { filePassed } from '../../../src/files/spent-buffers.js';

const megabyte = 1024 * 1024;
const part = 64 * 1024;

/** How much memory of buffers is taken at most while `bytes` pass in parts that nobody keeps. */
function mostTaken(bytes: number, told: (part: number) => void): number {
  const before = memoryUsage().arrayBuffers;
  let most = 0;
  for (let passed = 0; passed < bytes; passed += part) {
    Buffer.allocUnsafeSlow(part);
    told(part);
    most = Math.max(most, memoryUsage().arrayBuffers - before);
  }
  return most;
}

test('I10: buffers of a file that has passed are collected before they are many', () => {
  expect(mostTaken(200 * megabyte, filePassed)).toBeLessThan(16 * megabyte);
});
