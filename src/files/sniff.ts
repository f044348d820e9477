import { fileTypeFromBuffer } from 'file-type';
import { extensionsOf } from '../messages/file-extension.js';

/** How much of a file says what it is. */
export const tellingBytes = 4100;

/** What a file is by its bytes, whatever it is called. */
export interface Seen {
  /** Without dot, lower case. */
  readonly extension: string;
  readonly contentType: string;
}

/** Undefined for plain text and for everything nobody knows. */
export async function sniff(head: Buffer): Promise<Seen | undefined> {
  const known = await fileTypeFromBuffer(head);
  // An XML may be a drawing with a script in it: what stands in it decides.
  if (known !== undefined && known.ext !== 'xml') return { extension: known.ext, contentType: known.mime };
  const marked = markup(head);
  if (marked !== undefined) return marked;
  return known === undefined ? undefined : { extension: known.ext, contentType: known.mime };
}

function markup(head: Buffer): Seen | undefined {
  if (head.subarray(0, 2).toString('latin1') === '#!')
    return { extension: 'sh', contentType: 'application/x-sh' };
  const text = head.toString('latin1').replace(/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)*/, '');
  if (/^(<!doctype svg|<svg[\s>])/i.test(text)) return { extension: 'svg', contentType: 'image/svg+xml' };
  const html = /^(<!doctype html|<(html|head|body|script|iframe|meta|title)[\s>])/i.test(text);
  return html ? { extension: 'html', contentType: 'text/html' } : undefined;
}

/** Extensions whose files begin alike: a name out of the same group is no disguise. */
const families: readonly (readonly string[])[] = [
  ['jpg', 'jpeg', 'jpe', 'jfif'],
  ['tif', 'tiff', 'dng', 'cr2', 'nef', 'arw'],
  ['heic', 'heif', 'avif'],
  ['zip', 'docx', 'xlsx', 'pptx', 'docm', 'xlsm', 'pptm', 'odt', 'ods', 'odp', 'epub', 'vsdx', 'kmz', '3mf'],
  ['zip', 'jar', 'apk', 'xpi'],
  ['cfb', 'doc', 'xls', 'ppt', 'msg', 'vsd', 'pub', 'mpp'],
  ['cfb', 'msi'],
  ['mp4', 'm4a', 'm4v', 'm4p', 'mov', '3gp', '3g2', 'f4v', 'qt'],
  ['ogg', 'oga', 'ogv', 'ogx', 'opus', 'spx'],
  ['mkv', 'webm', 'mka', 'weba'],
  ['asf', 'wma', 'wmv'],
  ['aif', 'aiff'],
  ['mid', 'midi'],
  ['mpg', 'mpeg', 'mp1', 'mp2', 'mp3', 'ts', 'mts'],
  ['gz', 'tgz', 'svgz'],
  ['ps', 'eps', 'ai', 'pdf'],
  ['html', 'htm', 'xhtml', 'svg', 'xml', 'txt', 'md', 'csv', 'json', 'log', 'eml', 'rss', 'kml', 'gpx'],
  ['sh', 'bash', 'py', 'pl', 'rb', 'txt'],
  ['exe', 'dll', 'scr', 'com', 'cpl', 'sys'],
];

/** What somebody may start or open unawares when it bears another name. */
const active: ReadonlySet<string> = new Set(
  'exe elf macho class jar apk msi lnk wasm dmg deb rpm cab crx sh html svg swf dex'.split(' '),
);

/** Detected names that say only what a file is wrapped in. */
const wrappings: ReadonlySet<string> = new Set(['zip', 'cfb', 'xml', 'gz']);

/**
 * - `honest`: the name tells what it is, or the bytes do not. - `other`: something else than its name says, harmless by
 * itself. - `disguised`: something active under another name.
 */
export function compareWithName(name: string, seen: Seen | undefined): 'honest' | 'other' | 'disguised' {
  if (seen === undefined) return 'honest';
  const claimed = extensionsOf(name).at(-1) ?? '';
  const { extension } = seen;
  const alike =
    claimed === extension ||
    families.some((family) => family.includes(claimed) && family.includes(extension)) ||
    // A wrapping says nothing about what an unheard-of extension stands for.
    (wrappings.has(extension) && claimed !== '' && !families.some((family) => family.includes(claimed)));
  if (alike) return 'honest';
  return active.has(extension) ? 'disguised' : 'other';
}

/** Whether the bytes name the type better than the name does. */
export function tellsType(seen: Seen): boolean {
  return !wrappings.has(seen.extension);
}
