import { describe, expect, test } from '@jest/globals';
import { AlteredError, AtRest, MissingKeyError, openWords } from '../../../src/lanes/at-rest.js';
import { openElement } from '../../../src/lanes/element.js';

const one = { id: 'one', key: Buffer.alloc(32, 1).toString('base64') };
const two = { id: 'two', key: Buffer.alloc(32, 2).toString('hex') };
const place = 'message lane-1';
const text = '{"k":"i","m":{"text":"Where is my parcel? 📦"}}';

describe('texts at rest', () => {
  test('are kept as they are without a key', () => {
    expect(new AtRest().seal(place, text)).toBe(text);
    expect(new AtRest().open(place, text)).toBe(text);
  });

  test('are sealed with the first key, told by its id, never twice the same', () => {
    const atRest = new AtRest([one, two]);
    const sealed = [atRest.seal(place, text), atRest.seal(place, text)];
    for (const each of sealed) {
      expect(each).toMatch(/^\$one:[0-9a-f]{8}\$[A-Za-z0-9+/]+=*$/);
      expect(atRest.open(place, each)).toBe(text);
    }
    expect(new Set(sealed).size).toBe(2);
  });

  test('are opened by every key of the list, and by another process', () => {
    expect(new AtRest([two, one]).open(place, new AtRest([one]).seal(place, text))).toBe(text);
    expect(new AtRest([two]).open(place, text)).toBe(text);
  });

  test('say which key is missing, also when the same id is another key now', () => {
    const sealed = new AtRest([one]).seal(place, text);
    for (const keys of [[], [two], [{ ...two, id: 'one' }]]) {
      const atRest = new AtRest(keys);
      expect(() => atRest.open(place, sealed)).toThrow(MissingKeyError);
      expect(() => atRest.open(place, sealed)).toThrow('"one"');
      expect(openWords(atRest, place, sealed)).toBe('(sealed with the missing key one)');
    }
  });

  test('open nowhere else, and not after the smallest change', () => {
    const atRest = new AtRest([one]);
    const sealed = atRest.seal(place, text);
    expect(() => atRest.open('message lane-2', sealed)).toThrow(AlteredError);
    expect(() => atRest.open('plan lane-1', sealed)).toThrow(AlteredError);
    const head = sealed.indexOf('$', 1) + 1;
    for (const at of [head, head + 30, head + 50, sealed.length - 8]) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(() => atRest.open(place, sealed.slice(0, at) + other + sealed.slice(at + 1))).toThrow(
        AlteredError,
      );
    }
    expect(() => atRest.open(place, sealed.slice(0, head + 8))).toThrow(AlteredError);
  });

  test('of a lane say what is missing, or that they cannot be read', () => {
    const sealed = `1700000000000 ${new AtRest([one]).seal('message lane-1', text)}`;
    expect(openElement(new AtRest([one]), 'lane-1', sealed)).toEqual({
      acceptedAt: 1_700_000_000_000,
      ephemeral: false,
      payload: text,
    });
    expect(openElement(new AtRest([two]), 'lane-1', sealed)).toMatchObject({ payload: '', lockedBy: 'one' });
    const moved = openElement(new AtRest([one]), 'lane-2', sealed);
    expect(moved.payload).toBe('');
    expect(moved).not.toHaveProperty('lockedBy');
  });
});
