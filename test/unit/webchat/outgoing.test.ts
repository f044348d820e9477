import { describe, expect, test } from '@jest/globals';
import { Outgoing, type PostResult } from '../../../src/channels/webchat/browser/outgoing.js';
import type { ChatMessage } from '../../../src/channels/webchat/browser/protocol.js';

const text = (id: string): ChatMessage => ({ id, type: 'text', text: id });

function outgoing(answers: (message: ChatMessage, attempt: number) => PostResult) {
  const posted: string[] = [];
  const settled: [string, string][] = [];
  const waits: number[] = [];
  let done = (): void => undefined;
  const attempts = new Map<string, number>();
  const out = new Outgoing({
    post: (message) => {
      posted.push(message.id);
      const attempt = (attempts.get(message.id) ?? 0) + 1;
      attempts.set(message.id, attempt);
      return Promise.resolve(answers(message, attempt));
    },
    settle: ({ id }, state) => {
      settled.push([id, state]);
      done();
    },
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    random: () => 0.5,
  });
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      done = () => {
        if (settled.length === count) resolve();
      };
    });
  return { out, posted, settled, waits, until };
}

describe('own messages on their way', () => {
  test('I2: keep their order when the first one has to be sent again', async () => {
    const { out, posted, settled, until } = outgoing(({ id }, attempt) =>
      id === 'a' && attempt < 3 ? { kind: 'again' } : { kind: 'accepted' },
    );
    const all = until(2);
    out.send(text('a'));
    out.send(text('b'));
    await all;
    expect(posted).toEqual(['a', 'a', 'a', 'b']);
    expect(settled).toEqual([
      ['a', 'accepted'],
      ['b', 'accepted'],
    ]);
  });

  test('one that is refused, or that nobody answers, does not hold up the next', async () => {
    const { out, settled, waits, until } = outgoing(({ id }) =>
      id === 'lost' ? { kind: 'again' } : { kind: id === 'bad' ? 'refused' : 'accepted' },
    );
    const all = until(3);
    for (const id of ['lost', 'bad', 'good']) out.send(text(id));
    await all;
    expect(settled).toEqual([
      ['lost', 'failed'],
      ['bad', 'refused'],
      ['good', 'accepted'],
    ]);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.length).toBeGreaterThan(3);
  });

  test('I3: one that is sent again by hand goes under its id once more', async () => {
    let broken = true;
    const { out, settled, until } = outgoing(() => ({ kind: broken ? 'again' : 'accepted' }));
    const first = until(1);
    out.send(text('a'));
    out.send(text('a'));
    await first;
    broken = false;
    const second = until(2);
    out.send(text('a'));
    await second;
    expect(settled).toEqual([
      ['a', 'failed'],
      ['a', 'accepted'],
    ]);
  });

  test('waits as long as it is told', async () => {
    const { out, waits, until } = outgoing((_, attempt) =>
      attempt === 1 ? { kind: 'again', afterMs: 9000 } : { kind: 'accepted' },
    );
    const all = until(1);
    out.send(text('a'));
    await all;
    expect(waits).toEqual([9000]);
  });
});
