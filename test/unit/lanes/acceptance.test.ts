import { describe, expect, test } from '@jest/globals';
import { Acceptance } from '../../../src/lanes/acceptance.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import type { NewMessage } from '../../../src/lanes/lanes.js';
import type { ScriptAnswer } from '../../../src/lanes/scripts.js';

const perMessage = 7;

/** The scripts that were run: the marks of the messages in each. `answer`: what Redis says to these messages. */
function accepting(answer: (marks: readonly string[]) => ScriptAnswer[]) {
  const scripts: string[][] = [];
  const settings = {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 100,
    deadLettersMs: 60_000,
    deadLettersMax: 100,
    window: 10,
  };
  const acceptance = new Acceptance(
    new Keyspace({ prefix: 'test', shards: 1, secret: 's' }),
    settings,
    (_name, _tag, ...args) => {
      const marks: string[] = [];
      for (let at = 4; at < args.length; at += perMessage) marks.push(String(args[at]));
      scripts.push(marks);
      return Promise.resolve(marks).then(answer);
    },
    () => undefined,
  );
  return { acceptance, scripts };
}

const batch = (name: string, size: number): NewMessage[] =>
  Array.from({ length: size }, (_, n) => ({
    lane: 'a',
    target: 'in:support',
    mark: `${name}${n}`,
    payload: 'x',
  }));

const all = (letter: string) => (marks: readonly string[]) => [letter.repeat(marks.length)];

describe('I1: what requests bring in one turn', () => {
  test('goes together by a few messages, in the order it came', async () => {
    const { acceptance, scripts } = accepting(all('a'));
    await Promise.all(Array.from({ length: 40 }, (_, n) => acceptance.accept(batch(`${n}-`, 1))));
    expect(scripts.map(({ length }) => length)).toEqual([16, 16, 8]);
    expect(scripts.flat()).toEqual(Array.from({ length: 40 }, (_, n) => `${n}-0`));
  });

  test('never makes one script of many batches: Redis does nothing else while it runs', async () => {
    const { acceptance, scripts } = accepting(all('a'));
    await Promise.all(['p', 'q', 'r'].map((name) => acceptance.accept(batch(name, 500))));
    expect(scripts.map((marks) => [marks.length, marks[0]])).toEqual([
      [500, 'p0'],
      [500, 'q0'],
      [500, 'r0'],
    ]);
  });

  test('is answered to each by what became of its own', async () => {
    const { acceptance } = accepting((marks) => [
      marks.map((mark) => (['p1', 'r0'].includes(mark) ? 'd' : 'a')).join(''),
    ]);
    const answers = await Promise.all([
      acceptance.accept(batch('p', 3)),
      acceptance.accept(batch('q', 1)),
      acceptance.accept(batch('r', 1)),
    ]);
    expect(answers.map(({ statuses }) => statuses)).toEqual([
      ['accepted', 'duplicate', 'accepted'],
      ['accepted'],
      ['duplicate'],
    ]);
  });

  test('leaves the jobs that are due to one of those who are answered, and to no other', async () => {
    const { acceptance } = accepting((marks) => [
      marks.map((mark) => (mark === 'p0' ? 'f' : 'a')).join(''),
      'a.1',
      'in:support',
    ]);
    const [broken, ...others] = await Promise.allSettled(
      ['p', 'q', 'r'].map((name) => acceptance.accept(batch(name, 1))),
    );
    expect(broken).toMatchObject({ status: 'rejected', reason: { name: 'AcceptError' } });
    const order = { shard: 0, jobId: 'a.1', target: 'in:support' };
    expect(others).toMatchObject([{ value: { orders: [order] } }, { value: { orders: [] } }]);
  });

  test('is told to everybody when Redis fails', async () => {
    const { acceptance } = accepting(() => {
      throw new Error('away');
    });
    const answers = await Promise.allSettled([
      acceptance.accept(batch('p', 3)),
      acceptance.accept(batch('q', 1)),
    ]);
    expect(answers).toMatchObject(
      answers.map(() => ({
        status: 'rejected',
        reason: { name: 'AcceptError', cause: { message: 'away' } },
      })),
    );
    expect(answers).toHaveLength(2);
  });
});
