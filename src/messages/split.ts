/** Cutting a text that is longer than a channel takes, where a reader minds least. */

/** How a channel counts: UTF-16 units (JavaScript's `length`), code points, or bytes of UTF-8. */
export type TextUnit = 'utf16' | 'codepoint' | 'utf8';

export interface SplitLimit {
  /** At least 1, in `unit`. */
  readonly max: number;
  readonly unit: TextUnit;
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const words = new Intl.Segmenter('und', { granularity: 'word' });
const sentences = new Intl.Segmenter('und', { granularity: 'sentence' });

/** UTF-16 units of the code point that begins at `index`; a lone surrogate is one unit. */
const unitsAt = (text: string, index: number): number => ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);

/** What the code point at `index` counts. A lone surrogate leaves as U+FFFD, which is 3 bytes too. */
function costAt(text: string, index: number, unit: TextUnit): number {
  if (unit === 'codepoint') return 1;
  const code = text.codePointAt(index) ?? 0;
  if (unit === 'utf16') return code > 0xffff ? 2 : 1;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** The length of `text` as a channel that counts in `unit` sees it. */
export function measureText(text: string, unit: TextUnit): number {
  if (unit === 'utf16') return text.length;
  let total = 0;
  for (let index = 0; index < text.length; index += unitsAt(text, index)) total += costAt(text, index, unit);
  return total;
}

/** The furthest index that still fits when a part begins at `start`; always at least one code point further. */
function furthest(text: string, start: number, { max, unit }: SplitLimit): number {
  let index = start;
  let total = 0;
  while (index < text.length) {
    total += costAt(text, index, unit);
    if (total > max && index > start) break;
    index += unitsAt(text, index);
    if (total >= max) break;
  }
  return index;
}

/** The start of the segment that holds `index`: the last boundary at or before it. */
const boundaryBefore = (segments: Intl.Segments, index: number): number =>
  segments.containing(index)?.index ?? index;

function lastMatchEnd(window: string, pattern: RegExp): number {
  let end = 0;
  for (const match of window.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

/** The longest named entity of HTML has 33 characters. */
const longestEntity = 33;

/** Whether a cut here would lie within something like `&amp;`, which some clients read as one sign. */
function isInsideEntity(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - longestEntity), index);
  const start = before.lastIndexOf('&');
  if (start < 0) return false;
  const around = before.slice(start) + text.slice(index, index + longestEntity);
  const entity = /^&#?[0-9A-Za-z]{1,31};/.exec(around)?.[0] ?? '';
  return entity.length > before.length - start;
}

/**
 * Where to cut `window`, whose first `cut` units fit: behind the last paragraph, line or sentence of its second half,
 * else behind the last white space, else between two words (for scripts that write none), else between two graphemes,
 * else (one grapheme longer than the limit) between two code points. Never within an entity that would fit.
 */
function bestCut(window: string, cut: number): number {
  const atGrapheme = graphemes.segment(window);
  const whole = (index: number): boolean =>
    boundaryBefore(atGrapheme, index) === index && !isInsideEntity(window, index);
  const fitting = window.slice(0, cut);
  const late = Math.floor(cut / 2);
  const candidates: readonly (readonly [atLeast: number, find: () => number])[] = [
    [late, () => lastMatchEnd(fitting, /\n[^\S\n]*\n\s*/g)],
    [late, () => fitting.lastIndexOf('\n') + 1],
    [late, () => boundaryBefore(sentences.segment(window), cut)],
    [1, () => lastMatchEnd(fitting, /\s+/g)],
    [late, () => boundaryBefore(words.segment(window), cut)],
    [1, () => boundaryBefore(atGrapheme, cut)],
    [1, () => boundaryBefore(atGrapheme, window.lastIndexOf('&', cut - 1))],
  ];
  for (const [atLeast, find] of candidates) {
    const index = find();
    if (index >= Math.max(1, atLeast) && whole(index)) return index;
  }
  // Nothing keeps both whole: what is one sign to every reader goes before what is one to some clients.
  const grapheme = boundaryBefore(atGrapheme, cut);
  return grapheme > 0 ? grapheme : cut;
}

/**
 * Parts of `text`, in order, each within the limit. The parts joined are exactly `text`: white space at a seam stays at
 * the end of the earlier part. No part is empty; an empty text has no parts. No part begins or ends inside a grapheme
 * (emoji sequence, letter with its marks) unless that grapheme alone is over the limit, and never inside a code point:
 * one that does not fit on its own is kept whole, over the limit.
 *
 * @throws RangeError when `max` is not at least 1: a programming error, not an input.
 */
export function splitText(text: string, limit: SplitLimit): string[] {
  if (!(limit.max >= 1)) throw new RangeError(`a text cannot be split into parts of ${limit.max}`);
  // Nearly every text fits, whatever its characters: a UTF-16 unit is at most 3 bytes of UTF-8 and 1 code point.
  const most = limit.unit === 'utf8' ? 3 * text.length : text.length;
  if (most <= limit.max) return text === '' ? [] : [text];
  const parts: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = furthest(text, start, limit);
    // What follows decides whether `end` itself is a boundary: a code point for a grapheme, some more for an entity.
    const lookAhead = Math.min(text.length, end + longestEntity);
    const length = end === text.length ? end - start : bestCut(text.slice(start, lookAhead), end - start);
    parts.push(text.slice(start, start + length));
    start += length;
  }
  return parts;
}
