/** Looks into a PNG as far as an icon needs: whether it is a whole one, and how large. */

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Length, type and checksum around a chunk's data. */
const chunkFrame = 12;

export interface PngSize {
  readonly width: number;
  readonly height: number;
}

/** Size in pixels; undefined when the bytes are not one whole PNG (another format, or cut off). */
export function readPng(bytes: Buffer): PngSize | undefined {
  if (!bytes.subarray(0, signature.length).equals(signature)) return undefined;
  let size: PngSize | undefined;
  let at = signature.length;
  while (at + chunkFrame <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (at + chunkFrame + length > bytes.length) return undefined;
    if (size === undefined) {
      if (type !== 'IHDR' || length !== 13) return undefined;
      size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
    }
    if (type === 'IEND') return size.width > 0 && size.height > 0 ? size : undefined;
    at += chunkFrame + length;
  }
  return undefined;
}
