import { describe, expect, test } from '@jest/globals';
import { Conversations } from '../../../src/lanes/conversations.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Lanes, type Holding, type NewMessage } from '../../../src/lanes/lanes.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
let installations = 0;

/** Room for one lane of a target, so that others wait; a lock per job. */
function freshLanes(window = 1) {
  installations += 1;
  const keys = new Keyspace({ prefix: `carried-${installations}`, shards: 1, secret: 'test' });
  const client = redis().client();
  const lanes = new Lanes(client, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 1000,
    deadLettersMs: 60_000,
    deadLettersMax: 100,
    window,
    jobLock: { keyOf: (tag, jobId) => `${tag}:lock:${jobId}`, lifeMs: 15_000 },
  });
  return { keys, client, lanes, lockOf: (jobId: string) => `${keys.tag(0)}:lock:${jobId}` };
}

const message = (lane: string, id = '1', target = 'in:support'): NewMessage => ({
  lane,
  target,
  mark: id,
  payload: `payload of ${lane}`,
});

/** `a` in hand under a lock, `b` and `c` waiting for room. */
async function carrier() {
  const fresh = freshLanes();
  const { lanes, client, lockOf } = fresh;
  const { orders } = await lanes.accept(['a', 'b', 'c'].map((lane) => message(lane)));
  const jobId = orders[0]?.jobId ?? '';
  const [lane = '', generation = ''] = jobId.split('.');
  await client.set(lockOf(jobId), 'me');
  const taken = await lanes.take(lane, generation, 'me', 10);
  const holding: Holding = { lane, owner: 'me', finished: taken.kind === 'taken' ? taken.finished : -1 };
  return { ...fresh, jobId, holding };
}

async function carriesB() {
  const parts = await carrier();
  const next = await parts.lanes.acknowledge(parts.holding, {
    release: true,
    carrier: parts.jobId,
    most: 10,
  });
  if (next.kind !== 'next') throw new Error(`no lane to go on with: ${next.kind}`);
  const holding: Holding = { lane: next.lane, owner: 'me', finished: next.taken.finished };
  return { ...parts, next, holding };
}

describe('a job that carries other lanes', () => {
  test('I2: what an ended job left written of a lane gives it no second job while its successor has it in hand', async () => {
    const { lanes, client, keys, lockOf, jobId, next } = await carriesB();
    // The one before had the same token, and had this lane in hand as well.
    await client.hset(`${keys.tag(0)}:carried`, lockOf('ended.1'), `me ${next.lane}`);
    expect(await lanes.unjobbed(0, 60_000, 10)).toEqual([]);
    expect(await client.hkeys(`${keys.tag(0)}:carried`)).toEqual([lockOf(jobId)]);
  });

  test('goes on with the lane that has waited longest, and no job is ordered', async () => {
    const { next } = await carriesB();
    expect(next).toMatchObject({ lane: 'b', orders: [], taken: { target: 'in:support', starts: 1 } });
    expect(next.taken.elements.map(({ payload }) => payload)).toEqual(['payload of b']);
  });

  test('ends when nobody waits any more, and leaves nothing behind', async () => {
    const { lanes, client, keys, jobId, holding } = await carriesB();
    const third = await lanes.acknowledge(holding, { release: true, carrier: jobId, most: 10 });
    expect(third).toMatchObject({ kind: 'next', lane: 'c' });
    const last = { lane: 'c', owner: 'me', finished: 0 };
    expect(await lanes.acknowledge(last, { release: true, carrier: jobId, most: 10 })).toEqual({
      kind: 'empty',
      orders: [],
    });
    expect(await client.exists(`${keys.tag(0)}:carried`, `${keys.tag(0)}:r:in:support`)).toBe(0);
  });

  test('I3: takes no lane when its lock is gone: that lane gets a job of its own', async () => {
    const { lanes, client, lockOf, jobId, holding } = await carrier();
    await client.del(lockOf(jobId));
    const finished = await lanes.acknowledge(holding, { release: true, carrier: jobId, most: 10 });
    expect(finished.kind === 'empty' && finished.orders.map((order) => order.jobId.split('.')[0])).toEqual([
      'b',
    ]);
  });

  test('I11: when it dies, the lane in its hands gets a job, and what it still says is not heard', async () => {
    const { lanes, client, lockOf, jobId, next, holding } = await carriesB();
    expect(await lanes.unjobbed(0, 60_000, 100)).toEqual([]);
    await client.del(lockOf(jobId));
    const [order] = await lanes.unjobbed(0, 60_000, 100);
    expect(order).toMatchObject({ jobId: `b.${next.generation}`, target: 'in:support' });
    await client.set(lockOf(`b.${next.generation}`), 'successor');
    expect(await lanes.take('b', next.generation, 'successor', 10)).toMatchObject({
      kind: 'taken',
      starts: 2,
    });
    expect(await lanes.acknowledge(holding, { release: true, carrier: jobId, most: 10 })).toEqual({
      kind: 'fenced',
    });
    expect(await lanes.unjobbed(0, 0, 100)).not.toContainEqual(expect.objectContaining({ jobId }));
  });

  test('hands a lane over that cannot go on now, once', async () => {
    const { lanes, next, holding } = await carriesB();
    const failed = { delayMs: 1000, countsAsAttempt: true, error: 'HTTP 503', release: false };
    expect((await lanes.hold(holding, failed)).kind).toBe('held');
    expect(await lanes.handOver('b', next.generation, 'me')).toMatchObject([
      { jobId: `b.${next.generation}` },
    ]);
    expect(await lanes.handOver('b', '999', 'me')).toEqual([]);
    const promised = await lanes.unjobbed(0, 0, 100);
    expect(promised.map(({ jobId }) => jobId)).toContain(`b.${next.generation}`);
  });

  test('parks a carried lane under its own lock', async () => {
    const { lanes, client, keys, jobId, next } = await carriesB();
    expect(await lanes.park('b', next.generation, 'me', jobId)).toBe(true);
    expect(await client.zscore(`${keys.tag(0)}:w:in:support`, 'b')).not.toBeNull();
  });
});

describe('a job whose lock is asked for', () => {
  const twoInHand = async () => {
    const parts = await carrier();
    await parts.lanes.accept([message('a', '2'), message('a', '3')]);
    return parts;
  };

  test('I3: hears that what follows is not its own any more when the lock is gone; its own message is finished', async () => {
    const { lanes, client, lockOf, jobId, holding } = await twoInHand();
    await client.set(lockOf(jobId), 'a successor');
    const finished = await lanes.acknowledge(holding, { release: true, renew: jobId, most: 10 });
    expect(finished).toEqual({ kind: 'lost', orders: [] });
    expect(await lanes.acknowledge(holding, { release: true, most: 10 })).toEqual({ kind: 'already' });
  });

  test('I3: is believed to have it for a whole life from then on', async () => {
    const { lanes, client, lockOf, jobId, holding } = await twoInHand();
    await client.pexpire(lockOf(jobId), 5000);
    const finished = await lanes.acknowledge(holding, { release: true, renew: jobId, most: 10 });
    expect(finished).toMatchObject({ kind: 'more', elements: [{}, {}] });
    expect(await client.pttl(lockOf(jobId))).toBeGreaterThan(5000);
  });
});

describe('what ends in the same turn', () => {
  test('I3: one that was fenced out does not keep the others from being written down', async () => {
    const { lanes, client, lockOf } = freshLanes(10);
    const { orders } = await lanes.accept(['a', 'b'].map((lane) => message(lane)));
    for (const { jobId } of orders) {
      await client.set(lockOf(jobId), 'me');
      const [lane = '', generation = ''] = jobId.split('.');
      await lanes.take(lane, generation, 'me', 10);
    }
    const what = { release: true, most: 0 };
    const ends = await Promise.all([
      lanes.acknowledge({ lane: 'a', owner: 'a frozen one', finished: 0 }, what),
      lanes.acknowledge({ lane: 'b', owner: 'me', finished: 0 }, what),
      lanes.acknowledge({ lane: 'a', owner: 'me', finished: 0 }, what),
    ]);
    expect(ends.map(({ kind }) => kind)).toEqual(['fenced', 'empty', 'empty']);
  });

  test('I2: an opened conversation is known both ways with the message’s end, and wakes who waited for it', async () => {
    const { lanes, keys, client, lockOf } = freshLanes(10);
    const conversations = new Conversations(client, keys, { window: 10 });
    const lane = keys.inboundLane('support', 'u-1');
    const { orders } = await lanes.accept([message(lane)]);
    const jobId = orders[0]?.jobId ?? '';
    await client.set(lockOf(jobId), 'me');
    await lanes.take(lane, jobId.split('.')[1] ?? '', 'me', 10);
    const outbound = keys.outboundLane('c-1');
    await lanes.accept([{ lane: outbound, mark: '1', payload: 'an early callback' }]);
    await conversations.keepInfo(lane, '{"id":"u-1"}', 60_000);
    const opened = conversations.opening(
      lane,
      { id: 'c-1', memoryMs: 60_000, idleMs: 60_000 },
      { channel: 'support', customerId: 'u-1' },
      true,
    );
    const ended = await lanes.acknowledge(
      { lane, owner: 'me', finished: 0 },
      { opened, release: true, most: 0 },
    );
    expect(ended.kind === 'empty' && ended.orders).toMatchObject([{ target: 'out:support' }]);
    expect(await conversations.open('support', 'u-1')).toBe('c-1');
    expect(await conversations.pendingInfo(lane)).toBeUndefined();
  });
});
