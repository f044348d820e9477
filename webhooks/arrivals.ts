/** What keeping one chunk costs beside its bytes: bodies may come in crumbs. */
const crumbBytes = 256;

/**
 * The memory of bodies that have begun to arrive and are not complete, over all requests. A slow sender so holds memory
 * that is counted, and no place that another request could work in.
 */
export class Arrivals {
  readonly #mostBytes: number;
  #heldBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Room for one chunk; 0 when there is none. To be given back. */
  take(chunkBytes: number): number {
    const bytes = chunkBytes + crumbBytes;
    if (this.#heldBytes + bytes > this.#mostBytes) return 0;
    this.#heldBytes += bytes;
    return bytes;
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}
