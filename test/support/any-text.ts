import fc from 'fast-check';

const ascii = fc.integer({ min: 0, max: 0x7f });
const codePoint = fc.integer({ min: 0, max: 0x10ffff - 0x800 }).map((n) => (n < 0xd800 ? n : n + 0x800));

/**
 * One character: any code point but half a surrogate pair, ASCII half of the time. Like fast-check's unit `binary`, which lists
 * all 1.1 million of them in a table wherever it is used: half a second each time.
 */
const character = fc.oneof(ascii, codePoint).map((n) => String.fromCodePoint(n));

/** Text of any characters whatever; `maxLength` counts code points. */
export function anyText(limits: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit: character, ...limits });
}
