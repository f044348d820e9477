/** Objects of one kind, in memory, in order of creation. */
import { randomUUID } from 'node:crypto';

/** What the hub adds to every object: 36-character id and ISO times [seed]. */
export interface Stamp {
  readonly id: string;
  readonly created: string;
  readonly modified: string;
}

export type Stored<Body> = Body & Stamp;

export class Collection<Body extends object> {
  readonly #iso: () => string;
  readonly #items = new Map<string, Stored<Body>>();
  /** Called after every change, for whoever keeps an index or a snapshot. */
  onChange: () => void = () => undefined;

  constructor(iso: () => string) {
    this.#iso = iso;
  }

  create(body: Body): Stored<Body> {
    const now = this.#iso();
    return this.restore({ ...body, id: randomUUID(), created: now, modified: now });
  }

  /** Puts an object back as it was, id and times included. */
  restore(item: Stored<Body>): Stored<Body> {
    this.#items.set(item.id, item);
    this.onChange();
    return item;
  }

  get(id: string): Stored<Body> | undefined {
    return this.#items.get(id);
  }

  all(): Stored<Body>[] {
    return [...this.#items.values()];
  }

  find(matches: (item: Stored<Body>) => boolean): Stored<Body> | undefined {
    for (const item of this.#items.values()) if (matches(item)) return item;
    return undefined;
  }

  /** A full replacement: nothing of the old body is kept [seed]. */
  replace(id: string, body: Body): Stored<Body> | undefined {
    const old = this.#items.get(id);
    if (old === undefined) return undefined;
    return this.restore({ ...body, id, created: old.created, modified: this.#iso() });
  }

  remove(id: string): boolean {
    const removed = this.#items.delete(id);
    if (removed) this.onChange();
    return removed;
  }

  clear(): void {
    this.#items.clear();
    this.onChange();
  }
}
