import { describe, expect, test } from '@jest/globals';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Lanes, type LaneSettings, type NewMessage } from '../../../src/lanes/lanes.js';
import { eventually } from '../../support/eventually.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
let installations = 0;

const settings = {
  duplicateWindowMs: 60_000,
  journeysMs: 60_000,
  journeysMax: 1000,
  deadLettersMs: 60_000,
  deadLettersMax: 100,
  window: 10,
};

function freshLanes(overrides: Partial<LaneSettings> = {}, shards = 1) {
  installations += 1;
  const keys = new Keyspace({ prefix: `lanes-${installations}`, shards, secret: 'test' });
  const client = redis().client();
  return { keys, client, lanes: new Lanes(client, keys, { ...settings, ...overrides }) };
}

function message(lane: string, id: string, target = 'in:support'): NewMessage {
  return { lane, target, mark: id, journey: { id, head: 'in|support|' }, payload: `payload ${id}` };
}

/** Lane and generation of the first job ordered. */
function jobOf(orders: readonly { readonly jobId: string }[]): [string, string] {
  const [lane = '', generation = ''] = (orders[0]?.jobId ?? '').split('.');
  return [lane, generation];
}

async function takeFirst(lanes: Lanes, orders: readonly { readonly jobId: string }[], owner = 'me') {
  const [lane, generation] = jobOf(orders);
  const taken = await lanes.take(lane, generation, owner, 10);
  if (taken.kind !== 'taken') throw new Error(`not taken: ${taken.kind}`);
  return { lane, generation, taken, holding: { lane, owner, finished: taken.finished } };
}

describe('accepting', () => {
  test('I1: a message and its duplicate mark are written together, and the lane is promised a job once', async () => {
    const { lanes, client, keys } = freshLanes();
    const first = await lanes.accept([message('a', '1'), message('a', '2')]);
    expect(first.statuses).toEqual(['accepted', 'accepted']);
    expect(first.orders).toHaveLength(1);
    expect(await client.zcard(`${keys.tag(0)}:unjobbed`)).toBe(1);
    const second = await lanes.accept([message('a', '3')]);
    expect(second.orders).toEqual([]);
  });

  test('I3: a repeat is recognised while the first is still waiting, and after it was delivered', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1')]);
    expect((await lanes.accept([message('a', '1')])).statuses).toEqual(['duplicate']);
    const { holding } = await takeFirst(lanes, orders);
    await lanes.acknowledge(holding, { release: true, most: 0 });
    expect((await lanes.accept([message('a', '1')])).statuses).toEqual(['duplicate']);
  });

  test('I3: the same id in another lane is another message', async () => {
    const { lanes } = freshLanes();
    await lanes.accept([message('a', '1')]);
    expect((await lanes.accept([message('b', '1')])).statuses).toEqual(['accepted']);
  });

  test('I1: when one shard of a batch fails the others keep their marks, and the error carries their jobs', async () => {
    const { lanes, client, keys } = freshLanes({}, 4);
    const lanesByShard = new Map<number, string>();
    for (let i = 0; lanesByShard.size < 4; i += 1) lanesByShard.set(keys.shardOf(`lane${i}`), `lane${i}`);
    // A key of the wrong type makes the script of shard 2 fail, as a full or broken Redis would.
    await client.set(`${keys.tag(2)}:l:${lanesByShard.get(2) ?? ''}`, 'not a list');
    const batch = [0, 1, 2, 3].map((shard) => message(lanesByShard.get(shard) ?? '', `m${shard}`));
    const error: unknown = await lanes.accept(batch).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AcceptError' });
    expect((error as { orders: unknown[] }).orders).toHaveLength(3);
    await client.del(`${keys.tag(2)}:l:${lanesByShard.get(2) ?? ''}`);
    const again = await lanes.accept(batch.map((item) => item));
    expect([again.statuses[0], again.statuses[1], again.statuses[3]]).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
  });

  test('I1: requests of one turn are kept side by side, each with its own answer, in the order they came', async () => {
    const { lanes, client } = freshLanes();
    const before = await client.info('commandstats');
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, (_, n) => lanes.accept([message('a', `${n}`)])),
      lanes.accept([message('b', '1'), message('a', '3'), message('b', '2')]),
      lanes.accept([message('c', '1')]),
    ]);
    expect(answers.map(({ statuses }) => statuses.join(' '))).toEqual([
      ...Array.from({ length: 20 }, () => 'accepted'),
      'accepted duplicate accepted',
      'accepted',
    ]);
    expect(new Set(answers.flatMap(({ orders }) => orders.map(({ jobId }) => jobId[0])))).toEqual(
      new Set(['a', 'b', 'c']),
    );
    const { taken } = await takeFirst(
      lanes,
      answers.flatMap(({ orders }) => orders).filter(({ jobId }) => jobId.startsWith('a.')),
    );
    expect(taken.elements.map(({ payload }) => payload)).toEqual(
      Array.from({ length: 10 }, (_, n) => `payload ${n}`),
    );
    // The first of all brings the script itself along, once for each group of the turn.
    const calls = (info: string): number => Number(/cmdstat_evalsha:calls=(\d+)/.exec(info)?.[1] ?? 0);
    expect(calls(await client.info('commandstats')) - calls(before)).toBeLessThan(10);
  });

  test('I1: a lane that is broken takes no other request with it, and leaves no mark that would swallow the repeat', async () => {
    const { lanes, client, keys } = freshLanes();
    const broken = `${keys.tag(0)}:l:broken`;
    await client.set(broken, 'not a list');
    const typing: NewMessage = { lane: 'broken', target: 'in:support', payload: 'typing' };
    const answers = await Promise.allSettled([
      lanes.accept([message('a', '1')]),
      lanes.accept([message('broken', '1')]),
      lanes.accept([typing]),
      lanes.accept([message('a', '2')]),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    await client.del(broken);
    expect((await lanes.accept([message('broken', '1')])).statuses).toEqual(['accepted']);
    expect((await lanes.accept([message('a', '2')])).statuses).toEqual(['duplicate']);
  });

  test('I4: typing is coalesced at the tail and never before a text', async () => {
    const { lanes } = freshLanes();
    const typing = (what: string): NewMessage => ({ lane: 'a', target: 'in:support', payload: what });
    const { orders } = await lanes.accept([
      message('a', '1'),
      typing('start'),
      typing('end'),
      message('a', '2'),
      typing('start'),
    ]);
    const { taken } = await takeFirst(lanes, orders);
    expect(taken.elements.map(({ payload, ephemeral }) => [payload, ephemeral])).toEqual([
      ['payload 1', false],
      ['end', true],
      ['payload 2', false],
      ['start', true],
    ]);
  });
});

describe('draining', () => {
  test('I2: messages come out in the order they were accepted', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept(['1', '2', '3'].map((id) => message('a', id)));
    const { taken, holding } = await takeFirst(lanes, orders);
    expect(taken.elements.map((element) => element.payload)).toEqual(['payload 1', 'payload 2', 'payload 3']);
    const more = await lanes.acknowledge(holding, { release: true, most: 10 });
    expect(more.kind === 'more' && more.elements.map((element) => element.payload)).toEqual([
      'payload 2',
      'payload 3',
    ]);
  });

  test('I12: an emptied lane leaves only its duplicate marks and journeys', async () => {
    const { lanes, client, keys } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1')]);
    const { holding } = await takeFirst(lanes, orders);
    const journey = { id: '1', value: 'in|support|1|2|v|1|||' };
    expect(await lanes.acknowledge(holding, { journey, release: true, most: 10 })).toEqual({
      kind: 'empty',
      orders: [],
    });
    await lanes.confirm(
      0,
      orders.map(({ jobId }) => jobId),
    );
    const left = (await client.keys(`${keys.tag(0)}:*`)).map((name) => name.replace(keys.tag(0), '')).sort();
    expect(left).toEqual([':d:a:1', ':generation', `:j:${keys.journey('1')}`, ':journeys', ':known']);
  });

  test('a worker that was overtaken is fenced out of everything', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1'), message('a', '2')]);
    const { holding: frozen } = await takeFirst(lanes, orders, 'frozen');
    const { holding } = await takeFirst(lanes, orders, 'successor');
    expect(await lanes.acknowledge(frozen, { release: true, most: 0 })).toEqual({ kind: 'fenced' });
    expect(await lanes.checkpoint(frozen, 'plan')).toBe('fenced');
    expect(
      await lanes.hold(frozen, { delayMs: 1, countsAsAttempt: true, error: 'e', release: true }),
    ).toEqual({ kind: 'fenced' });
    expect(await lanes.bury(frozen, { reason: 'r', detail: '', release: true })).toEqual({ kind: 'fenced' });
    expect((await lanes.acknowledge(holding, { release: true, most: 0 })).kind).toBe('more');
  });

  test('I3: an acknowledgement whose answer was lost does not take the next message away', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1'), message('a', '2')]);
    const { holding } = await takeFirst(lanes, orders);
    await lanes.acknowledge(holding, { release: true, most: 0 });
    expect(await lanes.acknowledge(holding, { release: true, most: 0 })).toEqual({ kind: 'already' });
    const { taken } = await takeFirst(lanes, orders, 'next');
    expect(taken.elements.map((element) => element.payload)).toEqual(['payload 2']);
  });

  test('a held head is not taken early, keeps its attempts, and its plan is resumed (I5)', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1')]);
    const { lane, generation, holding } = await takeFirst(lanes, orders);
    await lanes.checkpoint(holding, 'part 1 of 2');
    await lanes.hold(holding, { delayMs: 200, countsAsAttempt: true, error: 'timeout', release: true });
    expect(await lanes.take(lane, generation, 'other', 10)).toMatchObject({ kind: 'early' });
    const taken = await eventually(async () => {
      const next = await lanes.take(lane, generation, 'other', 10);
      return next.kind === 'taken' ? next : undefined;
    });
    expect(taken).toMatchObject({ attempts: 1, plan: 'part 1 of 2', lastError: 'timeout' });
  });

  test('the job of an older generation finds that the lane is not its any more', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1')]);
    const { lane, generation, holding } = await takeFirst(lanes, orders);
    await lanes.acknowledge(holding, { release: true, most: 0 });
    await lanes.accept([message('a', '2')]);
    expect(await lanes.take(lane, generation, 'old job', 10)).toEqual({ kind: 'stale' });
  });
});

describe('I3: a process that was frozen past its lock', () => {
  test('neither takes the lane nor gives it away when another one has its job', async () => {
    const { lanes, client } = freshLanes({
      jobLock: { keyOf: (tag: string, jobId: string) => `${tag}:lock:${jobId}`, lifeMs: 15_000 },
    });
    const { orders } = await lanes.accept([message('a', '1')]);
    const [lane, generation] = jobOf(orders);
    const lock = `{lanes-${installations}:0}:lock:${lane}.${generation}`;
    await client.set(lock, 'successor');
    expect(await lanes.take(lane, generation, 'frozen', 10)).toEqual({ kind: 'stale' });
    const { holding } = await takeFirst(lanes, orders, 'successor');
    expect(await lanes.park(lane, generation, 'frozen')).toBe(false);
    expect(await lanes.acknowledge(holding, { release: true, most: 0 })).toMatchObject({ kind: 'empty' });
  });

  test('leaves a job that nobody has to whoever fetches it', async () => {
    const { lanes } = freshLanes({
      jobLock: { keyOf: (tag: string, jobId: string) => `${tag}:lock:${jobId}`, lifeMs: 15_000 },
    });
    const [lane, generation] = jobOf((await lanes.accept([message('a', '1')])).orders);
    expect(await lanes.take(lane, generation, 'frozen', 10)).toEqual({ kind: 'stale' });
  });
});

describe('I2b: room for others', () => {
  test('only so many lanes of a target have jobs; the next one gets its place when one is empty', async () => {
    const { lanes } = freshLanes({ window: 2 });
    const { orders } = await lanes.accept(['a', 'b', 'c', 'd'].map((lane) => message(lane, '1')));
    expect(orders).toHaveLength(2);
    const { holding } = await takeFirst(lanes, orders);
    const finished = await lanes.acknowledge(holding, { release: true, most: 0 });
    expect(finished.kind === 'empty' && finished.orders.map(({ jobId }) => jobId.split('.')[0])).toEqual([
      'c',
    ]);
  });

  test('a lane that backs off gives its place away', async () => {
    const { lanes } = freshLanes({ window: 1 });
    const { orders } = await lanes.accept(['a', 'b'].map((lane) => message(lane, '1')));
    const { holding } = await takeFirst(lanes, orders);
    const held = await lanes.hold(holding, {
      delayMs: 5000,
      countsAsAttempt: true,
      error: 'e',
      release: true,
    });
    expect(held.kind === 'held' && held.orders.map(({ jobId }) => jobId.split('.')[0])).toEqual(['b']);
  });

  test('a parked lane waits without a job until it is released', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1')]);
    const [lane, generation] = jobOf(orders);
    expect(await lanes.park(lane, generation, 'me')).toBe(true);
    expect(await lanes.waitingTargets(0)).toEqual(['in:support']);
    expect((await lanes.accept([message('a', '2')])).orders).toEqual([]);
    const released = await lanes.release(0, 'in:support', 10);
    expect(released).toHaveLength(1);
    expect(await lanes.waitingTargets(0)).toEqual([]);
    const { taken } = await takeFirst(lanes, released);
    expect(taken.elements).toHaveLength(2);
  });
});

describe('dead letters', () => {
  test('I2: a revived one goes to the tail, keeps its plan, and knows that later ones went before', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1'), message('a', '2')]);
    const { holding } = await takeFirst(lanes, orders);
    await lanes.checkpoint(holding, 'half done');
    const buried = await lanes.bury(holding, { reason: 'rejected', detail: 'no', release: true });
    if (buried.kind !== 'more') throw new Error(buried.kind);
    await lanes.acknowledge(
      { ...holding, finished: holding.finished + 1 },
      { journey: { id: '2', value: 'x' }, release: true, most: 0 },
    );
    const revived = await lanes.revive(0, buried.deadLetter.split('-')[1] ?? '');
    const { taken } = await takeFirst(lanes, revived ?? []);
    expect(taken.elements[0]).toMatchObject({
      payload: 'payload 1',
      revived: { late: true, plan: 'half done' },
    });
    expect(await lanes.revive(0, buried.deadLetter.split('-')[1] ?? '')).toBeUndefined();
  });

  test('one revived before anything else went is not late', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1')]);
    const { holding } = await takeFirst(lanes, orders);
    const buried = await lanes.bury(holding, { reason: 'rejected', detail: 'no', release: true });
    if (buried.kind !== 'empty') throw new Error(buried.kind);
    const { taken } = await takeFirst(
      lanes,
      (await lanes.revive(0, buried.deadLetter.split('-')[1] ?? '')) ?? [],
    );
    expect(taken.elements[0]?.revived?.late).toBe(false);
  });

  /** Accepts `batches` some milliseconds apart, and lets every message die. */
  async function letDie(lanes: Lanes, batches: readonly (readonly string[])[]): Promise<string[]> {
    const letters: string[] = [];
    const orders = [];
    for (const batch of batches) {
      orders.push(...(await lanes.accept(batch.map((id) => message('a', id)))).orders);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const [lane, generation] = jobOf(orders);
    for (let finished = 0; finished < batches.flat().length; finished += 1) {
      await lanes.take(lane, generation, 'me', 10);
      const death = { reason: 'rejected', detail: '', release: true };
      const buried = await lanes.bury({ lane, owner: 'me', finished }, death);
      letters.push('deadLetter' in buried ? (buried.deadLetter.split('-')[1] ?? '') : '');
    }
    return letters;
  }

  async function lateness(lanes: Lanes, letters: readonly string[]): Promise<(boolean | undefined)[]> {
    const orders = [];
    for (const letter of letters) orders.push(...((await lanes.revive(0, letter)) ?? []));
    const { taken } = await takeFirst(lanes, orders);
    return taken.elements.map(({ revived }) => revived?.late);
  }

  test('I2: those put back in their order are not late for each other, also of one batch', async () => {
    const { lanes } = freshLanes();
    const letters = await letDie(lanes, [
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(await lateness(lanes, letters)).toEqual([false, false, false, false]);
  });

  test('I2: one that is put back behind later ones is late, also when those are only waiting', async () => {
    const { lanes } = freshLanes();
    const [first = '', second = '', third = ''] = await letDie(lanes, [['1'], ['2'], ['3']]);
    expect(await lateness(lanes, [second, first, third])).toEqual([false, true, false]);
  });

  test('I2: typing that goes before makes nothing late', async () => {
    const { lanes } = freshLanes();
    const letters = await letDie(lanes, [['1']]);
    const { orders } = await lanes.accept([{ lane: 'a', target: 'in:support', payload: 'typing' }]);
    await lanes.revive(0, letters[0] ?? '');
    const { taken } = await takeFirst(lanes, orders);
    expect(taken.elements.map(({ revived }) => revived?.late)).toEqual([undefined, false]);
  });

  test('an operator who skips a head fences the worker out and the lane goes on at once', async () => {
    const { lanes } = freshLanes();
    const { orders } = await lanes.accept([message('a', '1'), message('a', '2')]);
    const { holding } = await takeFirst(lanes, orders);
    const skipped = await lanes.bury(
      { lane: 'a', owner: '', finished: 0 },
      { reason: 'skipped', detail: '', release: false },
    );
    if (skipped.kind !== 'more') throw new Error(skipped.kind);
    expect(await lanes.acknowledge(holding, { release: true, most: 0 })).toEqual({ kind: 'fenced' });
    const { taken } = await takeFirst(lanes, skipped.orders);
    expect(taken.elements.map((element) => element.payload)).toEqual(['payload 2']);
  });

  test('the oldest go when there are more than may be kept', async () => {
    const { lanes, client, keys } = freshLanes({ deadLettersMax: 2 });
    for (const id of ['1', '2', '3']) {
      const { orders } = await lanes.accept([message('a', id)]);
      const { holding } = await takeFirst(lanes, orders);
      await lanes.bury(holding, { reason: 'rejected', detail: '', release: true });
    }
    expect(await client.zrange(`${keys.tag(0)}:dead`, '0', '-1')).toEqual(['2', '3']);
  });
});
