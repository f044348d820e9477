import { byId, make } from './dom.js';
import { readable } from './files-view.js';
import { fill, type Words } from './texts.js';
import type { Typing } from './typing.js';
import type { UploadedFile, UploadOptions, UploadResult } from './upload.js';

export interface ComposerParts {
  readonly words: Words;
  readonly typing: Typing;
  readonly send: (text: string, files: readonly UploadedFile[]) => void;
  readonly upload: (
    file: File,
    options: Pick<UploadOptions, 'onProgress' | 'signal'>,
  ) => Promise<UploadResult>;
  /** Says something to whoever cannot see it. */
  readonly announce: (text: string) => void;
}

/** More files in one message the bridge does not take. */
const mostFiles = 10;

/** Where the customer writes: a text that grows, files with their progress, one button. */
export class Composer {
  readonly #parts: ComposerParts;
  readonly #text = byId('text', HTMLTextAreaElement);
  readonly #send = byId('send', HTMLButtonElement);
  readonly #attach = byId('attach', HTMLButtonElement);
  readonly #picker = byId('picker', HTMLInputElement);
  readonly #files = byId('files', HTMLUListElement);
  readonly #limit = byId('limit', HTMLElement);
  readonly #uploaded = new Map<HTMLElement, UploadedFile | undefined>();
  #maxLength = Number.POSITIVE_INFINITY;
  #tooMany = false;

  constructor(parts: ComposerParts) {
    this.#parts = parts;
    const form = byId('composer', HTMLFormElement);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener('input', () => {
      if (this.#text.value.trim() === '') parts.typing.stop();
      else parts.typing.typed();
      this.#refresh();
    });
    this.#text.addEventListener('keydown', (event) => {
      // While a word is still being put together (Chinese, Japanese, Korean), Enter belongs to it.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#attach.addEventListener('click', () => this.#picker.click());
    this.#picker.addEventListener('change', () => {
      this.#tooMany = false;
      for (const file of this.#picker.files ?? []) void this.#add(file);
      this.#picker.value = '';
    });
    // Until somebody listens to Enter, nothing can be written.
    this.#text.disabled = false;
    this.#refresh();
  }

  /** What the session allows. */
  allow(options: { readonly maxLength: number; readonly files: boolean }): void {
    this.#maxLength = options.maxLength;
    this.#attach.hidden = !options.files;
    this.#refresh();
  }

  focus(): void {
    this.#text.focus();
  }

  #submit(): void {
    if (this.#send.disabled) return;
    const files = [...this.#uploaded.values()].filter((file) => file !== undefined);
    this.#parts.send(this.#text.value.trim(), files);
    this.#parts.typing.sent();
    this.#text.value = '';
    this.#files.replaceChildren();
    this.#uploaded.clear();
    this.#refresh();
    this.#text.focus();
  }

  async #add(file: File): Promise<void> {
    const { words, upload, announce } = this.#parts;
    if (this.#uploaded.size >= mostFiles) {
      this.#tooMany = true;
      this.#refresh();
      return;
    }
    const stop = new AbortController();
    const label = fill(words.uploading, file.name);
    const progress = make('progress', {
      max: '1',
      value: '0',
      'aria-label': label,
      'data-testid': 'progress',
    });
    const remove = make(
      'button',
      { type: 'button', 'aria-label': fill(words.removeFile, file.name), 'data-testid': 'remove-file' },
      '×',
    );
    const name = make('span', {}, make('bdi', {}, file.name), ` (${readable(file.size)})`);
    const item = make('li', { 'data-testid': 'upload', 'data-state': 'uploading' }, name, progress, remove);
    remove.addEventListener('click', () => {
      stop.abort();
      this.#uploaded.delete(item);
      item.remove();
      this.#refresh();
      this.#text.focus();
    });
    this.#uploaded.set(item, undefined);
    this.#files.append(item);
    this.#refresh();
    const result = await upload(file, {
      onProgress: (share) => (progress.value = share),
      signal: stop.signal,
    });
    if (!this.#uploaded.has(item)) return;
    progress.remove();
    if (result.ok) {
      this.#uploaded.set(item, result.file);
      item.setAttribute('data-state', 'uploaded');
      announce(fill(words.uploaded, file.name));
    } else {
      this.#uploaded.delete(item);
      item.setAttribute('data-state', 'failed');
      const why = [fill(words.uploadFailed, file.name), result.told ?? ''].join(' ').trim();
      name.textContent = why;
      announce(why);
    }
    this.#refresh();
  }

  #refresh(): void {
    const { value } = this.#text;
    const files = [...this.#uploaded.values()];
    const tooLong = value.length > this.#maxLength;
    const empty = value.trim() === '' && files.length === 0;
    const { words } = this.#parts;
    this.#tooMany &&= files.length >= mostFiles;
    const limits = [
      ...(tooLong ? [fill(words.tooLong, String(this.#maxLength))] : []),
      ...(this.#tooMany ? [fill(words.tooManyFiles, String(mostFiles))] : []),
    ];
    this.#limit.textContent = limits.join(' ');
    this.#text.setAttribute('aria-invalid', String(tooLong));
    this.#send.disabled = tooLong || empty || files.includes(undefined);
    // Grows with its text; the style sheet says how far.
    this.#text.rows = Math.min(6, value.split('\n').length);
  }
}
