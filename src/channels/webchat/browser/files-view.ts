import type { ChatFile } from '../events.js';
import { link } from './content-view.js';
import { make } from './dom.js';

/** What a browser shows as a picture without running anything that is in it. */
const pictures = /\.(png|jpe?g|gif|webp)$/i;
const pictureTypes = /^image\/(png|jpeg|gif|webp)$/i;

export function filesView(files: readonly ChatFile[]): HTMLElement {
  return make('ul', { class: 'files' }, ...files.map((file) => make('li', {}, fileView(file))));
}

function fileView({ name, contentType, size, url }: ChatFile): HTMLElement {
  const words = make('span', {}, make('bdi', {}, name), size === undefined ? '' : ` (${readable(size)})`);
  if (url === undefined) return make('span', { 'data-testid': 'file' }, words);
  const anchor = link(url, words);
  anchor.setAttribute('data-testid', 'file');
  if (!(contentType === undefined ? pictures.test(name) : pictureTypes.test(contentType))) return anchor;
  const picture = make('img', { src: url, alt: name, loading: 'lazy', 'data-testid': 'picture' });
  // What cannot be shown is still there to be opened.
  picture.addEventListener('error', () => picture.remove());
  anchor.prepend(picture);
  return anchor;
}

/** As people write it: `512 B`, `9.5 MB`. */
export function readable(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KB'] : [bytes / (1024 * 1024), 'MB'];
  return `${Math.round(value * 10) / 10} ${unit}`;
}
