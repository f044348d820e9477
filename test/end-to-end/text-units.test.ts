import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

/** As receivers count, and not by our own code. */
const lengths = {
  utf16: (text: string) => text.length,
  codepoint: (text: string) => Array.from(text).length,
  utf8: (text: string) => Buffer.byteLength(text, 'utf8'),
} as const;

const max = 100;
const family = '👩‍👩‍👧‍👦';
const arabic = 'مرحبًا بكم في خدمة العملاء، كيف يمكننا مساعدتكم اليوم؟ ';

let world: World;
let bridge: BridgeProcess;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => bridge.stop());
afterAll(() => world.stop());

describe('a text from an agent is cut as the channel counts', () => {
  test.each(['utf16', 'codepoint', 'utf8'] as const)('%s', async (unit) => {
    bridge = await world.startBridge({
      overrides: {
        redis: { prefix: unit },
        channels: {
          support: {
            textUnit: unit,
            manifest: {
              type: 'custom.support',
              displayName: 'Support',
              restrictions: { outbound: { maxTextLength: max } },
            },
          },
        },
      },
    });
    connect(world, bridge);
    const { control } = world.simulator;
    const known = new Set(control.conversations().map(({ id }) => id));
    const customer = { id: `c-${unit}` };
    await world.channel.send({ customer, text: 'hello' });
    const conversation = await eventually(() => control.conversations().find(({ id }) => !known.has(id))?.id);
    const measure = lengths[unit];

    /** What the channel got of one text, in order, once all of it is there. */
    const shown = async (text: string): Promise<string[]> => {
      world.channel.forget();
      control.act(conversation, { do: 'text', text });
      return eventually(() => {
        const parts = world.channel
          .received()
          .filter((message) => message.customer.id === customer.id && message.type === 'text')
          .map((message) => message.text ?? '');
        return parts.join('') === text ? parts : undefined;
      });
    };

    const long = `${family.repeat(12)} ${arabic.repeat(4)}${'e\u0301'.repeat(150)} ${family} end`;
    const parts = await shown(long);
    const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
    const seams = new Set([...graphemes.segment(long)].map(({ index }) => index));
    let at = 0;
    for (const part of parts) {
      expect(measure(part)).toBeLessThanOrEqual(max);
      expect(seams.has(at)).toBe(true);
      at += part.length;
    }
    expect(parts.length).toBeLessThan((2 * measure(long)) / max + 2);

    // As much as the limit allows is whole, one sign more is not; another unit would have cut otherwise.
    const whole = (filler: string): string => `${filler.repeat(4)}${'a'.repeat(max - 4 * measure(filler))}`;
    for (const filler of ['😀', 'ك']) {
      const full = whole(filler);
      expect(measure(full)).toBe(max);
      expect(await shown(full)).toEqual([full]);
      expect((await shown(`${full}b`)).length).toBe(2);
    }
  });
});
