import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { measureText, splitText, type TextUnit } from '../../../src/messages/split.js';
import { anyText } from '../../support/any-text.js';

const units: readonly TextUnit[] = ['utf16', 'codepoint', 'utf8'];
const family = '👨‍👩‍👧‍👦';

describe('measureText: counts as the channel counts', () => {
  test.each([
    ['abc', 3, 3, 3],
    ['é', 1, 1, 2],
    ['€', 1, 1, 3],
    ['👋', 2, 1, 4],
    ['\ud800', 1, 1, 3],
    [family, 11, 7, 25],
  ])('%j', (text, utf16, codepoint, utf8) => {
    expect(units.map((unit) => measureText(text, unit))).toEqual([utf16, codepoint, utf8]);
  });
});

describe('splitText: cuts where a reader minds least', () => {
  const split = (text: string, max: number, unit: TextUnit = 'utf16'): string[] =>
    splitText(text, { max, unit });

  test('leaves a text that fits alone', () => {
    expect(split('exactly', 7)).toEqual(['exactly']);
  });
  test('gives no part for an empty text', () => {
    expect(split('', 5)).toEqual([]);
  });
  test('prefers the end of a paragraph', () => {
    expect(split('One two. Three.\n\nFour five. Six seven.', 26)).toEqual([
      'One two. Three.\n\n',
      'Four five. Six seven.',
    ]);
  });
  test('then the end of a line', () => {
    expect(split('One two. Three\nFour five. Six', 20)).toEqual(['One two. Three\n', 'Four five. Six']);
  });
  test('then the end of a sentence', () => {
    expect(split('First here. Second one.', 20)[0]).toBe('First here. ');
  });
  test('then white space, and keeps an address whole when it can', () => {
    expect(split('see https://a.example/track today', 25)).toEqual([
      'see ',
      'https://a.example/track ',
      'today',
    ]);
  });
  test('then between the words of a script without spaces', () => {
    const thai = 'สวัสดีครับยินดีต้อนรับ';
    const parts = split(thai, 12);
    expect(parts.join('')).toBe(thai);
    expect(parts[0]).toBe('สวัสดีครับ');
  });
  test('then between graphemes', () => {
    expect(split('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
    expect(split(family + family, 15)).toEqual([family, family]);
    expect(split('🇵🇹🇧🇷', 3, 'codepoint')).toEqual(['🇵🇹', '🇧🇷']);
  });
  test('cuts a grapheme that alone is too long between code points', () => {
    const zalgo = `Z${'\u0301'.repeat(9)}`;
    const parts = split(zalgo, 4);
    expect(parts.map((part) => part.length)).toEqual([4, 4, 2]);
  });
  test('keeps a code point whole even over the limit, and comes to an end', () => {
    expect(split('👋👋', 1)).toEqual(['👋', '👋']);
    expect(split('€a', 1, 'utf8')).toEqual(['€', 'a']);
  });
  test('does not cut between a space and the mark that sits on it', () => {
    expect(split('ab \u0301cdef', 4)).toEqual(['ab \u0301', 'cdef']);
    expect(split('abc \u0301def', 4)).toEqual(['abc', ' \u0301', 'def']);
  });
  test('does not cut within an entity, unless that alone is too long', () => {
    expect(split('aaaa&amp;bbbb', 7)).toEqual(['aaaa', '&amp;', 'bbbb']);
    expect(split('x&#128075;&#128075;', 10)).toEqual(['x&#128075;', '&#128075;']);
    expect(split('AT&T is 2 & 3; ok', 6).join('')).toBe('AT&T is 2 & 3; ok');
    expect(split('&CounterClockwiseContourIntegral;', 8).join('')).toBe('&CounterClockwiseContourIntegral;');
  });
  test('takes time in proportion to the text, however it is made', () => {
    const cost = (piece: string, length: number, max: number): number => {
      const text = piece.repeat(Math.ceil(length / piece.length));
      const before = process.cpuUsage().user;
      splitText(text, { max, unit: 'utf16' });
      return process.cpuUsage().user - before;
    };
    for (const piece of ['word ', 'x', '\u0301', '&', '\n', 'สวัสดี', 'A sentence. ']) {
      cost(piece, 20_000, 1000);
      // Four times the text; a quadratic algorithm takes sixteen times as long, and far over this floor.
      const [small, large] = [cost(piece, 100_000, 1000), cost(piece, 400_000, 1000)];
      expect(large).toBeLessThan(Math.max(12 * small, 1_500_000));
    }
  });
  test('handles right-to-left text', () => {
    expect(split('שלום עולם טוב', 10)).toEqual(['שלום עולם ', 'טוב']);
  });
  test('refuses a limit that can hold nothing', () => {
    expect(() => split('a', 0)).toThrow(RangeError);
    expect(() => split('a', Number.NaN)).toThrow(RangeError);
  });

  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    anyText({ maxLength: 6 }),
    fc.constantFrom(
      ' ',
      '\n',
      '\n\n',
      '. ',
      family,
      '👍🏽',
      'e\u0301',
      '\ud83d',
      '\udc4b',
      '🇵🇹',
      'क्षि',
      '\r\n',
      '\u200d',
      'עולם',
      '&amp;',
      '&#x1f44b;',
      '&',
    ),
  );
  const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

  test('parts joined are the text, none is empty, each is within the limit or one code point', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 40 }), fc.constantFrom(...units), (text, max, unit) => {
        const parts = splitText(text, { max, unit });
        expect(parts.join('')).toBe(text);
        for (const part of parts) {
          expect(part).not.toBe('');
          expect(measureText(part, unit) <= max || measureText(part, 'codepoint') === 1).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('no seam lies inside a grapheme that would fit, nor inside a code point', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 40 }), fc.constantFrom(...units), (text, max, unit) => {
        let seam = 0;
        const segments = segmenter.segment(text);
        for (const part of splitText(text, { max, unit }).slice(0, -1)) {
          seam += part.length;
          const held = segments.containing(seam);
          const inside = held !== undefined && held.index !== seam;
          expect(inside && measureText(held.segment, unit) <= max).toBe(false);
          const from = Math.max(0, seam - 9);
          const isBoundary = (at: number): boolean =>
            at >= text.length || segments.containing(at)?.index === at;
          const cutsEntity = [...text.slice(from, seam + 9).matchAll(/&(?:amp|#x1f44b);/g)].some((found) => {
            const [begin, end] = [from + found.index, from + found.index + found[0].length];
            const fits = found[0].length <= max && isBoundary(begin) && isBoundary(end);
            return fits && begin < seam && end > seam;
          });
          expect(cutsEntity).toBe(false);
          expect(/[\ud800-\udbff]$/.test(part) && /^[\udc00-\udfff]/.test(text.slice(seam))).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
