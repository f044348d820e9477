/** Bringing what people type and what was offered to one form, for comparing only; nothing normalised is ever shown. */

const digit = /^\p{Nd}$/u;

/** The value of a decimal digit of any script. Unicode keeps each script's ten digits in one row, zero first. */
function digitValue(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && digit.test(String.fromCodePoint(code - value - 1))) value += 1;
  return value;
}

/**
 * The text without differences that no reader means: compatibility forms, case, digits of other scripts, keycap emoji,
 * invisible direction marks, white space around and repeated within.
 */
export function normalised(text: string): string {
  return (
    text
      .normalize('NFKC')
      // A keycap is its digit with a variation selector and an enclosing mark behind it.
      .replace(/[\ufe0e\ufe0f\u20e3]/g, '')
      .replace(/\u{1f51f}/gu, '10')
      .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, '')
      .replace(/(?![0-9])\p{Nd}/gu, (character) => String(digitValue(character)))
      // Up and down again is as near to full case folding as the language has: ß and SS, both sigmas.
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .normalize('NFKC')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** A number as people answer with it, `2`, `2.`, `2)`, `(2)`, out of an already normalised text. */
export function typedNumber(text: string): number | undefined {
  const found = /^[([]?\s?(\d{1,4})\s?[.)\]:]?$/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Whether `text` has at least `count` characters as a reader counts them; looks no further than that. */
export function hasGraphemes(text: string, count: number): boolean {
  const segments = graphemes.segment(text);
  let index = 0;
  for (let seen = 0; seen < count; seen += 1) {
    const segment = segments.containing(index);
    if (segment === undefined) return false;
    index += segment.segment.length;
  }
  return true;
}
