import { afterEach, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

/** The promise is one second; the rest is for a machine that has other things to do. */
const promptMs = 1000 + 1000;

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly tookMs: number;
}

/** Both ways in, with the same message each time. */
interface Intake {
  readonly name: string;
  send(own: World, bridge: BridgeProcess, conversationId: string): Promise<Answer>;
  /** How often the message has arrived at the other end. */
  arrived(own: World): number;
}

const intakes: readonly Intake[] = [
  {
    name: 'the channel’s webhook',
    async send(own) {
      const since = performance.now();
      const { status, body } = await own.channel.send({
        id: 'm-2',
        customer: { id: 'dana' },
        text: 'second',
      });
      return {
        status,
        retryAfter: body.includes('unavailable') ? 'told' : undefined,
        tookMs: performance.now() - since,
      };
    },
    arrived: (own) =>
      own.simulator.records().filter((record) => record.kind === 'message' && record.messageId === 'm-2')
        .length,
  },
  {
    name: 'eGain’s callback',
    async send(own, bridge, conversationId) {
      const since = performance.now();
      const message = {
        id: 'hub-2',
        type: { value: 'text' },
        content: { text: 'answer' },
        sender: { type: 'egain_agent' },
        conversation: { id: conversationId },
      };
      const answer = await request(`${bridge.url}/egain/callback`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: own.callbackAuthorization },
        body: JSON.stringify({ messages: { message: [message] } }),
      });
      await answer.body.dump();
      const retryAfter = answer.headers['retry-after'];
      return {
        status: answer.statusCode,
        retryAfter: retryAfter?.toString(),
        tookMs: performance.now() - since,
      };
    },
    arrived: (own) => own.channel.requests().filter(({ messageId }) => messageId === 'hub-2').length,
  },
];

/** Ways for Redis to be away, and back. */
const outages = [
  {
    how: 'is gone',
    away: (own: World): Promise<unknown> => own.redis.kill(),
    back: (own: World): Promise<unknown> => own.redis.restart(),
  },
  {
    how: 'does not answer any more',
    away: (own: World) => Promise.resolve(void process.kill(own.redis.pid, 'SIGSTOP')),
    back: (own: World) => Promise.resolve(void process.kill(own.redis.pid, 'SIGCONT')),
  },
  {
    how: 'refuses to write (READONLY)',
    away: (own: World) => own.redis.client().replicaof('127.0.0.1', 1),
    back: (own: World) => own.redis.client().replicaof('NO', 'ONE'),
  },
];

describe.each(outages)('I1: Redis $how', ({ away, back }) => {
  test.each(intakes)('$name is answered 503 within a second; the repeat is accepted once', async (intake) => {
    const own = await startWorld({ redis: { appendonly: 'always' } });
    world = own;
    const bridge = await own.startBridge();
    connect(own, bridge);
    await own.channel.send({ id: 'm-1', customer: { id: 'dana' }, text: 'first' });
    const { id } = await eventually(() => own.simulator.control.conversations()[0]);
    // Bound before Redis goes away: what is looked at is the intake.
    await eventually(async () => (await own.redis.client().keys('*:m:*')).length === 2);

    await away(own);
    try {
      for (const attempt of [1, 2, 3]) {
        const refused = await intake.send(own, bridge, id);
        expect({ attempt, status: refused.status }).toEqual({ attempt, status: 503 });
        expect(refused.retryAfter).toBeDefined();
        expect(refused.tookMs).toBeLessThan(promptMs);
      }
    } finally {
      await back(own);
    }
    await eventually(async () => (await intake.send(own, bridge, id)).status < 300, { timeoutMs: 20_000 });
    expect((await intake.send(own, bridge, id)).status).toBeLessThan(300);
    await eventually(() => intake.arrived(own) > 0, { timeoutMs: 20_000 });
    // Whatever would arrive a second time has been accepted by now, and its lane is worked on.
    await eventually(async () => (await own.redis.client().keys('*:l:*')).length === 0);
    expect(intake.arrived(own)).toBe(1);
  });
});
