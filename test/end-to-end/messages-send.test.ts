import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { operateOn } from './support/operate.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

let world: World;
let bridge: BridgeProcess;

beforeAll(async () => {
  world = await startWorld({
    overrides: { delivery: { backoff: { firstMs: 50, maxMs: 100 } }, notices: { customer: false } },
  });
  bridge = await world.startBridge();
  connect(world, bridge);
}, 60_000);
afterEach(() => {
  world.channel.setFaults([]);
  world.simulator.control.clearFaults();
});
afterAll(() => world.stop());

const send = (...more: string[]) =>
  operateOn(bridge.configFile, ['messages', 'send', '--channel', 'support', '--customer', 'me', ...more]);

describe('messages send', () => {
  test('goes to eGain as if the customer had written, and tells its journey', async () => {
    const { code, stdout, stderr } = await send('--text', 'a test of the way in');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^way +inbound \(to eGain\), channel support$/m);
    expect(stdout).toMatch(/^delivered +\S+ \(after \d+ ms, 1 attempt\)$/m);
    const texts = world.simulator
      .records()
      .flatMap((record) => (record.kind === 'message' ? [record.text] : []));
    expect(texts).toContain('a test of the way in');
  });

  test('goes to the customer, and leaves their open conversation alone', async () => {
    const before = world.simulator.control.conversations().length;
    const { code, stdout } = await send('--text', 'a test of the way out', '--direction', 'out', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      direction: 'out',
      end: { outcome: 'delivered', attempts: 1 },
    });
    expect(world.channel.received().map(({ text }) => text)).toContain('a test of the way out');
    expect((await send('--text', 'still the same conversation')).code).toBe(0);
    expect(world.simulator.control.conversations()).toHaveLength(before);
  });

  test('shows every attempt of one that was tried again, and ends with 0 as it arrived', async () => {
    world.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 503, times: 2 });
    const { code, stdout } = await send('--text', 'tried again');
    expect(code).toBe(0);
    expect(stdout.match(/^tried +\S+ 503\b/gm)).toHaveLength(2);
  });

  test('ends with 1 when it died, and says why', async () => {
    world.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 400, times: 1 });
    const { code, stdout } = await send('--text', 'refused for good');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^reason +refused$/m);
    expect(stdout).toMatch(/^letter +0-\d+ /m);
  });

  test('ends with 1 when the time is up, and says that it is kept', async () => {
    world.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 503, times: 100 });
    const { code, stdout, stderr } = await send('--text', 'not now', '--wait', '300ms');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^(?:waiting|held up) /m);
    expect(stderr).toMatch(/was not delivered within 300ms; it is kept and tried on: messages trace test-/);
  });

  test.each<[string[], RegExp]>([
    [['--text', ' '], /--text: expected 1 to 500 characters/],
    [['--text', 'x', '--customer', ''], /--customer: expected an id of 1 to 256 characters/],
    [['--text', 'x', '--channel', 'other'], /there is no channel "other" in the configuration/],
    [['--text', 'x', '--wait', 'long'], /--wait: expected a number with a unit/],
    [['--text', 'x', '--direction', 'up'], /--direction/],
    [[], /--text/],
  ])('refuses %j', async (options, sentence) => {
    const { code, stdout, stderr } = await send(...options);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
  });
});
