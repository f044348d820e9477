import { afterEach, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { connectServer } from '../../../src/lanes/connection.js';
import { ReplicatedWriter } from '../../../src/lanes/replicated-writer.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
const lines: Redis[] = [];
const writers: ReplicatedWriter[] = [];
afterEach(() => {
  for (const writer of writers) writer.close();
});

test('I7: what is to be replicated goes in the turn in which it was accepted, not with the next one', async () => {
  const writer = new ReplicatedWriter({
    main: redis().client(),
    connect: () => {
      const line = connectServer({ url: redis().url }, 'prompt', 'line');
      lines.push(line.on('error', () => undefined));
      return line;
    },
    replicas: 0,
    timeoutMs: 1000,
  });
  writers.push(writer);
  const write = (mark: string) =>
    writer.run('accept', '{turn:0}', 10, 60_000, 100, 'a', mark, 60_000, 'in:support', '', '', 'x');
  await write('1');
  // As `Acceptance` does: at the turn's end, when what the turn gathered has gone.
  const { answer, held } = await new Promise<{ answer: Promise<unknown>; held: number[] }>((resolve) =>
    setImmediate(() => {
      const asked = write('2');
      void steps(100).then(() =>
        resolve({ answer: asked, held: lines.map(({ stream }) => stream.writableLength) }),
      );
    }),
  );
  expect(await answer).toEqual(['a']);
  expect(held).toEqual(lines.map(() => 0));
});

/** So many turns of the promises, all of them within one turn of the event loop. */
async function steps(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await Promise.resolve();
}
