import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { findJourneys, journeyEnd, journeyHead, journeyText } from '../../../src/lanes/journeys.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { journeysOfLanes } from '../../../src/lanes/lane-journeys.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { WaitingLanes } from '../../../src/lanes/waiting.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
let installations = 0;

function fresh(journeysMax = 100_000) {
  installations += 1;
  const keys = new Keyspace({ prefix: `journeys-${installations}`, shards: 2, secret: 'test' });
  const client = redis().client();
  const lanes = new Lanes(client, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax,
    deadLettersMs: 60_000,
    deadLettersMax: 100,
    window: 100,
  });
  const accept = async (lane: string, ...ids: string[]) => {
    const { orders } = await lanes.accept(
      ids.map((id) => ({
        lane,
        target: 'in:support',
        mark: keys.messageMark(id),
        journey: { id, head: journeyHead('in', 'support') },
        payload: '{}',
      })),
    );
    return orders[0]?.jobId.split('.')[1] ?? '';
  };
  return { keys, client, lanes, accept };
}

test('a journey remembers what came of the attempts before the last one, and the lane tells it while it waits', async () => {
  const { keys, client, lanes, accept } = fresh();
  const generation = await accept('lane', 'm-1', 'm-2');
  const fail = async (code: string, countsAsAttempt = true) => {
    await lanes.take('lane', generation, 'me', 1);
    const holding = { lane: 'lane', owner: 'me', finished: 0 };
    await lanes.hold(holding, { delayMs: 0, countsAsAttempt, error: `${code}: why`, code, release: false });
  };
  for (const code of ['503', '503', 'ECONNREFUSED']) await fail(code);
  // Who only waits says it once.
  for (let n = 0; n < 3; n += 1) await fail('throttled', false);
  const waiting = await new WaitingLanes(client, keys).get('lane');
  const told = ['503', '503', 'ECONNREFUSED', 'throttled'];
  expect(waiting?.earlier?.map(({ answer }) => answer)).toEqual(told);

  const taken = await lanes.take('lane', generation, 'me', 1);
  const acceptedAt = taken.kind === 'taken' ? (taken.elements[0]?.acceptedAt ?? 0) : 0;
  const end = (id: string) => ({
    id,
    value: journeyEnd({
      direction: 'in',
      channel: 'support',
      acceptedAt,
      at: acceptedAt + 5000,
      outcome: 'delivered',
      attempts: 4,
    }),
  });
  const holding = { lane: 'lane', owner: 'me', finished: 0 };
  await lanes.acknowledge(holding, { journey: end('m-1'), release: false, most: 0 });
  const [first] = await findJourneys(client, keys, 'm-1');
  expect(first?.end?.earlier?.map(({ answer }) => answer)).toEqual(told);
  expect(first?.end?.earlier?.every(({ at }) => at >= acceptedAt)).toBe(true);

  // The next head begins without a past.
  await lanes.acknowledge({ ...holding, finished: 1 }, { journey: end('m-2'), release: false, most: 0 });
  const [second] = await findJourneys(client, keys, 'm-2');
  expect(second?.end).toEqual({ at: acceptedAt + 5000, outcome: 'delivered', attempts: 4 });
});

test('of many attempts the latest eight are remembered, and a dead letter’s journey has them too', async () => {
  const { keys, client, lanes, accept } = fresh();
  const generation = await accept('lane', 'm-1');
  const holding = { lane: 'lane', owner: 'me', finished: 0 };
  for (let n = 1; n <= 12; n += 1) {
    await lanes.take('lane', generation, 'me', 1);
    const hold = { delayMs: 0, countsAsAttempt: true, error: 'e', code: `code-${n}`, release: false };
    await lanes.hold(holding, hold);
  }
  await lanes.take('lane', generation, 'me', 1);
  const value = 'in|support|1|2|x|13|hold-expired||';
  await lanes.bury(holding, {
    reason: 'hold-expired',
    detail: 'e',
    journey: { id: 'm-1', value },
    release: false,
  });
  const [journey] = await findJourneys(client, keys, 'm-1');
  expect(journey?.end?.earlier?.map(({ answer }) => answer)).toEqual(
    [5, 6, 7, 8, 9, 10, 11, 12].map((n) => `code-${n}`),
  );
});

test('the journeys of a lane are found among those of all others, the latest first, and it is told when there are more', async () => {
  const { keys, client, accept } = fresh();
  await accept('dana', 'd-1');
  for (let from = 0; from < 4500; from += 1500)
    await accept('others', ...Array.from({ length: 1500 }, (_, n) => `o-${from + n}`));
  await accept('dana', 'd-2', 'd-3');
  await accept('eve', 'e-1');
  const found = await journeysOfLanes(client, keys, ['dana', 'eve', 'nobody'], 10);
  expect(found.complete).toBe(true);
  expect(found.journeys.map(({ name }) => name).sort()).toEqual(
    ['d-1', 'd-2', 'd-3', 'e-1'].map((id) => keys.journey(id)).sort(),
  );
  expect(found.journeys.at(-1)?.name).toBe(keys.journey('d-1'));
  const few = await journeysOfLanes(client, keys, ['dana'], 2);
  expect([few.journeys.length, few.complete]).toEqual([2, false]);
});

test('what a delivered message leaves fits its budget, with ids as long as eGain makes them', async () => {
  const { keys, client, lanes, accept } = fresh();
  const lane = keys.inboundLane('support', '15550100123');
  const generation = await accept(lane, 'm-1');
  const taken = await lanes.take(lane, generation, 'me', 1);
  const acceptedAt = taken.kind === 'taken' ? (taken.elements[0]?.acceptedAt ?? 0) : 0;
  const end = {
    at: acceptedAt + 123,
    outcome: 'delivered',
    attempts: 1,
    conversationId: randomUUID(),
    farId: randomUUID(),
  } as const;
  const value = journeyEnd({ direction: 'in', channel: 'support', acceptedAt, ...end });
  const holding = { lane, owner: 'me', finished: 0 };
  await lanes.acknowledge(holding, { journey: { id: 'm-1', value }, release: false, most: 0 });
  expect((await findJourneys(client, keys, 'm-1'))[0]?.end).toEqual(end);
  const tag = keys.tag(keys.shardOf(lane));
  const name = `${tag}:j:${keys.journey('m-1')}`;
  expect(['listpack', 'ziplist']).toContain(await client.call('object', 'encoding', name));
  expect(Number(await client.call('memory', 'usage', name))).toBeLessThanOrEqual(320 - 48);
  const mark = `${tag}:d:${lane}:${keys.messageMark('m-1')}`;
  expect(Number(await client.call('memory', 'usage', mark))).toBeLessThanOrEqual(160);
});

test('a journey of any length comes out as it went in, and goes as a whole', async () => {
  const { keys, client, lanes, accept } = fresh(1);
  const texts = [63, 64, 65, 127, 128, 129, 640].map((length) => {
    const start = `in|support|1|2|x|1|${'r'.repeat(30)}|`;
    return start + 'c'.repeat(length - start.length);
  });
  const nameOf = (id: string) => `${keys.tag(keys.shardOf('lane'))}:j:${keys.journey(id)}`;
  for (const [n, value] of texts.entries()) {
    const generation = await accept('lane', `m-${n}`);
    await lanes.take('lane', generation, 'me', 1);
    const holding = { lane: 'lane', owner: 'me', finished: 0 };
    await lanes.acknowledge(holding, { journey: { id: `m-${n}`, value }, release: false, most: 0 });
    const fields = await client.hgetall(nameOf(`m-${n}`));
    expect([journeyText(fields, 'lane'), journeyText(fields, 'another')]).toEqual([value, '']);
    const { journeys } = await journeysOfLanes(client, keys, ['lane'], 10);
    expect(journeys.map(({ end }) => end?.conversationId)).toEqual([value.split('|')[7]]);
    // One is kept at most: the one before it is gone, with all its pieces.
    expect(await client.exists(nameOf(`m-${n - 1}`))).toBe(0);
  }
});

test('a journey that was forgotten, or dropped as the oldest of too many, is not found', async () => {
  const { keys, client, accept } = fresh(3);
  await accept('dana', 'd-1', 'd-2', 'd-3', 'd-4');
  await client.del(`${keys.tag(keys.shardOf('dana'))}:j:${keys.journey('d-3')}`);
  const { journeys } = await journeysOfLanes(client, keys, ['dana'], 10);
  expect(journeys.map(({ name }) => name).sort()).toEqual(
    ['d-2', 'd-4'].map((id) => keys.journey(id)).sort(),
  );
});
