import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { eventually } from '../support/eventually.js';
import { expressions, metricsOf } from '../support/expressions.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

let world: World;
let bridge: BridgeProcess;

beforeAll(async () => {
  world = await startWorld();
  bridge = await world.startBridge();
  connect(world, bridge);
}, 60_000);
afterAll(() => world.stop());

/** All samples of a scrape: `name{labels}` → value. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const page = await (await fetch(`${bridge.managementUrl}/metrics`)).text();
  return new Map(
    page
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

const says = async (series: string): Promise<number> =>
  eventually(async () => {
    const value = (await scrape()).get(series);
    return value !== undefined && value > 0 ? value : undefined;
  });

describe('what a running bridge tells Prometheus', () => {
  test('a message’s way leaves a figure at every station', async () => {
    await world.channel.send({ customer: { id: 'dana' }, text: 'hello' });
    const conversation = await eventually(() => world.simulator.control.conversations()[0]);
    world.simulator.control.act(conversation.id, { do: 'text', text: 'good morning' });
    await eventually(() => world.channel.received().some(({ text }) => text === 'good morning'));

    expect(await says('egain_bridge_accepted_total{caller="channel"}')).toBe(1);
    expect(
      await says('egain_bridge_deliveries_total{direction="in",channel="support",outcome="delivered"}'),
    ).toBe(1);
    await says('egain_bridge_deliveries_total{direction="out",channel="support",outcome="delivered"}');
    await says('egain_bridge_delivery_seconds_count{direction="out",channel="support"}');
    await says('egain_bridge_delivery_attempts_bucket{le="1",direction="in",channel="support"}');
    await says('egain_bridge_request_seconds_count{caller="egain"}');
    await says('egain_bridge_upstream_seconds_count{upstream="egain",status="2xx"}');
    await says('egain_bridge_upstream_seconds_count{upstream="channel:support",status="2xx"}');
    await says('egain_bridge_upstream_seconds_count{upstream="token",status="2xx"}');
    expect(await says('egain_bridge_token_events_total{kind="fetched"}')).toBe(1);
    await says('egain_bridge_token_left_seconds');
    await says('egain_bridge_redis_seconds_count');
    await says('egain_bridge_redis_memory_used_bytes');
    await says('nodejs_eventloop_lag_p99_seconds');
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as {
      version: string;
    };
    expect(await says(`egain_bridge_info{version="${version}",role="all"}`)).toBe(1);
  });

  test('nothing waits: the age of the oldest is there, and 0', async () => {
    const figures = await scrape();
    for (const direction of ['in', 'out']) {
      expect(
        figures.get(`egain_bridge_oldest_waiting_seconds{direction="${direction}",channel="support"}`),
      ).toBe(0);
    }
  });

  test('every metric of the dashboard and of the alerts is on the page', async () => {
    const page = await (await fetch(`${bridge.managementUrl}/metrics`)).text();
    const there = new Set([...page.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    const asked = new Set(expressions.flatMap(({ expr }) => metricsOf(expr)));
    expect(asked.size).toBeGreaterThan(20);
    expect([...asked].filter((name) => !there.has(name))).toEqual([]);
  });

  test('while a far end refuses: attempts, lanes that back off, and how old the oldest has become', async () => {
    world.simulator.control.addFault({ id: 'down', operation: 'sendMessage', kind: 'status', status: 503 });
    await world.channel.send({ customer: { id: 'erin' }, text: 'is anybody there?' });
    await says('egain_bridge_deliveries_total{direction="in",channel="support",outcome="held"}');
    await says('egain_bridge_upstream_seconds_count{upstream="egain",status="5xx"}');
    await says('egain_bridge_lanes{direction="in",channel="support",state="backing-off"}');
    await says('egain_bridge_oldest_waiting_seconds{direction="in",channel="support"}');
    world.simulator.control.removeFault('down');
  });

  test('while Redis is away the page still answers: it says so, and shows no old figures as if they were new', async () => {
    await world.redis.kill();
    await eventually(async () => {
      const figures = await scrape();
      const names = [...figures.keys()];
      return (
        figures.get('egain_bridge_redis_up') === 0 &&
        names.some((name) => name.startsWith('egain_bridge_accepted_total')) &&
        !names.some((name) => name.startsWith('egain_bridge_oldest_waiting_seconds'))
      );
    });
    await world.redis.restart();
    await says('egain_bridge_redis_up');
  });
});
