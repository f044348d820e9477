import { readJson } from './protocol.js';
import type { Entry } from './transcript.js';

interface Kept {
  readonly token: string;
  readonly customer: string;
  readonly entries: readonly Entry[];
}

/** What the browser keeps of one chat, so that it is there again in another tab and after a reload. */
export class Keep {
  readonly #name: string;
  #kept: Kept = { token: '', customer: '', entries: [] };

  /** @param name of its own for every chat of this origin */
  constructor(name: string) {
    this.#name = name;
    this.#kept = this.#read() ?? this.#kept;
  }

  /** The latest of any tab. */
  get kept(): Kept {
    this.#kept = this.#read() ?? this.#kept;
    return this.#kept;
  }

  write(kept: Kept): void {
    this.#kept = kept;
    try {
      localStorage.setItem(this.#name, JSON.stringify(kept));
    } catch {
      // No storage for pages in frames, or full: the chat works as long as the tab is open.
    }
  }

  #read(): Kept | undefined {
    try {
      const value = readJson(localStorage.getItem(this.#name) ?? '');
      if (typeof value !== 'object' || value === null) return undefined;
      const { token, customer, entries } = value as Partial<Kept>;
      if (typeof token !== 'string' || typeof customer !== 'string' || !Array.isArray(entries))
        return undefined;
      return { token, customer, entries };
    } catch {
      return undefined;
    }
  }
}
