const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const length = 6;

/** `c.` and six letters or digits: fits every provider's callback data, and says nothing about what it stands for. */
export const tokenPattern = /^c\.[0-9A-Za-z]{6}$/;

/** The token that random or hashed bytes make; at least eight of them. @throws RangeError when there are fewer */
export function tokenFrom(bytes: Uint8Array): string {
  if (bytes.length < 8) throw new RangeError('a choice token needs at least 8 bytes');
  let number = bytes.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let token = '';
  for (let index = 0; index < length; index += 1) {
    token += alphabet[Number(number % 62n)] ?? '0';
    number /= 62n;
  }
  return `c.${token}`;
}

/**
 * `count` different tokens. `draw` gives the bytes for an index and an attempt; the same draws give the same tokens, so
 * that a message rendered again after a crash carries the tokens that may be out already.
 */
export function distinctTokens(
  count: number,
  draw: (index: number, attempt: number) => Uint8Array,
): string[] {
  const tokens = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    for (let attempt = 0; tokens.size <= index; attempt += 1) tokens.add(tokenFrom(draw(index, attempt)));
  }
  return [...tokens];
}
