import { describe, expect, test } from '@jest/globals';
import { Command } from 'ioredis';
import { Deadlines } from '../../../src/lanes/deadlines.js';

describe('I7: a command that Redis does not answer', () => {
  test('fails in time, and only that one', async () => {
    const deadlines = new Deadlines(20);
    const commands = Array.from({ length: 5000 }, () => new Command('get', ['a']));
    const unanswered = new Set([0, 1, 2500, 4999]);
    for (const [index, command] of commands.entries()) {
      deadlines.add(command);
      if (!unanswered.has(index)) command.resolve(Buffer.from('an answer'));
    }
    const ends = await Promise.allSettled(commands.map(({ promise }) => promise));
    expect(ends.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([
      ...unanswered,
    ]);
  });

  test('fails as well when others were answered before it was sent', async () => {
    const deadlines = new Deadlines(20);
    const [early, late] = [new Command('get', ['a']), new Command('get', ['a'])];
    deadlines.add(early);
    await expect(early.promise).rejects.toThrow('timed out');
    deadlines.add(late);
    await expect(late.promise).rejects.toThrow('timed out');
  });
});
