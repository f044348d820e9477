/** Writing as the agent: text or HTML, files, and the customer seeing that somebody is typing. */
import { act, type Action, storeFile } from './control.js';
import { byId } from './dom.js';

/** After this pause nobody is typing any more. */
const typingPauseMs = 4000;

export interface ComposerParts {
  /** The conversation to write in; undefined while none is chosen. */
  readonly conversation: () => string | undefined;
  /** Runs a call, and tells when it is refused. @returns whether it went well */
  readonly attempt: (work: () => Promise<void>) => Promise<boolean>;
}

export class Composer {
  readonly #parts: ComposerParts;
  readonly #text = byId('text', HTMLTextAreaElement);
  readonly #html = byId('html', HTMLInputElement);
  readonly #files = byId('files', HTMLInputElement);
  readonly #form = byId('composer', HTMLFormElement);
  #typingIn: string | undefined;
  #pause = 0;

  constructor(parts: ComposerParts) {
    this.#parts = parts;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.#text.addEventListener('keydown', (event) => {
      // While an input method is composing, Enter belongs to it.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#text.addEventListener('input', () => this.#typed());
    this.#files.addEventListener('change', () => void this.#sendFiles());
  }

  async #send(): Promise<void> {
    const conversation = this.#parts.conversation();
    const said = this.#text.value;
    if (conversation === undefined || said.trim() === '') return;
    const saying: Action = this.#html.checked ? { do: 'html', html: said } : { do: 'text', text: said };
    const before: Action[] = this.#stopTyping() === conversation ? [{ do: 'typing', on: false }] : [];
    if (await this.#parts.attempt(() => act(conversation, ...before, saying))) this.#text.value = '';
    this.#text.focus();
  }

  async #sendFiles(): Promise<void> {
    const conversation = this.#parts.conversation();
    const chosen = [...(this.#files.files ?? [])];
    if (conversation === undefined || chosen.length === 0) return;
    await this.#parts.attempt(async () => {
      const files: unknown[] = [];
      for (const file of chosen) files.push(await storeFile(file));
      await act(conversation, { do: 'file', files });
    });
    this.#files.value = '';
  }

  #typed(): void {
    const conversation = this.#parts.conversation();
    if (conversation === undefined) return;
    window.clearTimeout(this.#pause);
    this.#pause = window.setTimeout(() => this.#tellStopped(), typingPauseMs);
    if (this.#typingIn === conversation) return;
    this.#tellStopped();
    this.#typingIn = conversation;
    void this.#parts.attempt(() => act(conversation, { do: 'typing', on: true }));
  }

  #tellStopped(): void {
    const conversation = this.#stopTyping();
    if (conversation !== undefined)
      void this.#parts.attempt(() => act(conversation, { do: 'typing', on: false }));
  }

  #stopTyping(): string | undefined {
    window.clearTimeout(this.#pause);
    const conversation = this.#typingIn;
    this.#typingIn = undefined;
    return conversation;
  }
}
