import { cleanFileName } from '../messages/clean-text.js';

/** What file systems take at most, and eGain for an asset [doc: createasset.md]. */
const longestBytes = 255;

/** Invisible signs that move or hide parts of a name, beyond those that turn its direction. */
const invisible = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/**
 * A name that shows what it is: one path part, nothing invisible, no dots or spaces at its ends that a system would drop,
 * at most 255 bytes of UTF-8 with its extension kept. Never empty; the same when applied again.
 */
export function safeFileName(name: string): string {
  const visible = cleanFileName(name.normalize('NFC').replace(invisible, ''));
  const bare = visible.replace(/(?<![\s.])[\s.]+$/u, '').trim();
  return shortened(bare === '' ? 'file' : bare);
}

/** eGain wants an extension: a name without one gets that of its content. */
export function withExtension(name: string, extension: string | undefined): string {
  if (/[^.]\.[^.]+$/.test(name)) return name;
  return safeFileName(`${name.replace(/^\.+/, '') || 'file'}.${extension ?? 'bin'}`);
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= longestBytes) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= 32 ? name.slice(dot) : '';
  const room = longestBytes - Buffer.byteLength(extension);
  let kept = '';
  let bytes = 0;
  for (const letter of extension === '' ? name : name.slice(0, dot)) {
    bytes += Buffer.byteLength(letter);
    if (bytes > room) break;
    kept += letter;
  }
  return kept.trimEnd() + extension;
}
