import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const customers = Array.from({ length: 20 }, (_, index) => `c${index}`);
/** Beside the promised times, for a machine that has other things to do. */
const allowanceMs = 3000;

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

/** A bridge that has 20 lanes in hand: eGain has been asked and does not answer. */
async function inMidDelivery(overrides: Readonly<Record<string, unknown>> = {}) {
  const own = await startWorld({
    redis: { appendonly: 'always' },
    switches: { deduplicate: true },
    overrides,
  });
  world = own;
  const bridge = await own.startBridge();
  connect(own, bridge);
  own.simulator.control.addFault({ id: 'silence', operation: 'sendMessage', kind: 'hang' });
  for (const id of customers) await own.channel.send({ id: `${id}-1`, customer: { id }, text: '1' });
  await eventually(() => asked(own) === customers.length);
  own.simulator.control.removeFault('silence');
  for (const id of customers) await own.channel.send({ id: `${id}-2`, customer: { id }, text: '2' });
  return { own, bridge };
}

function asked(own: World): number {
  return own.simulator
    .records()
    .filter((record) => record.kind === 'request' && record.operation === 'sendMessage').length;
}

function arrived(own: World): string[] {
  return own.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && !record.duplicate && record.messageId !== undefined
        ? [record.messageId]
        : [],
    );
}

function expectAllInOrder(own: World): void {
  const ids = arrived(own);
  for (const id of customers) {
    expect(ids.filter((messageId) => messageId.startsWith(`${id}-`))).toEqual([`${id}-1`, `${id}-2`]);
  }
}

async function kill(bridge: BridgeProcess): Promise<void> {
  bridge.signal('SIGKILL');
  await bridge.exited;
}

const all = 2 * customers.length;

describe('I11: a process is killed in the middle of its deliveries', () => {
  test('the same instance goes on with its lanes within 3 s of its start', async () => {
    const { own, bridge } = await inMidDelivery();
    await kill(bridge);
    await own.startBridge({ port: bridge.port, managementPort: Number(new URL(bridge.managementUrl).port) });
    await eventually(() => arrived(own).length === all, { timeoutMs: 3000 + allowanceMs });
    expectAllInOrder(own);
  });

  test('another instance goes on with its lanes within 30 s', async () => {
    const { own, bridge } = await inMidDelivery();
    const other = await own.startBridge();
    connect(own, other);
    await kill(bridge);
    await eventually(() => arrived(own).length === all, { timeoutMs: 30_000 + allowanceMs });
    expectAllInOrder(own);
  });
});

describe('I11: a process is asked to leave in the middle of its deliveries', () => {
  test('finishes what is answered in time, hands back what waits behind, and exits 0', async () => {
    const own = await startWorld({ redis: { appendonly: 'always' } });
    world = own;
    const bridge = await own.startBridge();
    connect(own, bridge);
    own.simulator.control.addFault({ operation: 'sendMessage', kind: 'delay', ms: 1500, when: 'after' });
    for (const number of [1, 2]) {
      for (const id of customers)
        await own.channel.send({ id: `${id}-${number}`, customer: { id }, text: `${number}` });
    }
    await eventually(() => arrived(own).length > 0);
    bridge.signal('SIGTERM');
    expect(await bridge.exited).toEqual({ code: 0, signal: null });
    const finished = asked(own);
    own.simulator.control.clearFaults();
    const other = await own.startBridge();
    connect(own, other);
    await eventually(() => new Set(arrived(own)).size === all);
    expectAllInOrder(own);
    // Nothing was broken off: each message was sent exactly once, by the one or by the other.
    expect(finished).toBeGreaterThan(0);
    expect(asked(own)).toBe(all);
  });

  test('hands back what is not answered in time, so that another instance goes on at once, and exits 0', async () => {
    const { own, bridge } = await inMidDelivery({ server: { drainGraceMs: 4000 } });
    const other = await own.startBridge();
    connect(own, other);
    const since = Date.now();
    bridge.signal('SIGTERM');
    expect(await bridge.exited).toEqual({ code: 0, signal: null });
    expect(Date.now() - since).toBeLessThan(4000 + allowanceMs);
    // Far less than a lock: nobody has to find out that the process is gone.
    await eventually(() => arrived(own).length === all, { timeoutMs: 2000 + allowanceMs });
    expectAllInOrder(own);
  });

  test('takes nothing in any more, and what it had acknowledged is not lost', async () => {
    const { own, bridge } = await inMidDelivery({ server: { drainGraceMs: 4000 } });
    bridge.signal('SIGTERM');
    const refused = await eventually(async () => {
      const answer = await own.channel
        .send({ id: 'late', customer: { id: 'late' }, text: 'late' })
        .catch(() => 'closed' as const);
      return answer === 'closed' || answer.status === 503 ? { answer } : undefined;
    });
    expect(refused).toBeDefined();
    await bridge.exited;
    await sleep(0);
    const other = await own.startBridge();
    connect(own, other);
    await eventually(() => arrived(own).filter((id) => id !== 'late').length === all, { timeoutMs: 10_000 });
    expectAllInOrder(own);
  });
});
