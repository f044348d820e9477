/** So long an answer serves everybody who asks: several gauges of one scrape, several scrapers. Milliseconds. */
const freshMs = 1000;

/** What is looked up when somebody asks for figures, once for all gauges that come of it. */
export class Scrape {
  readonly #now: () => number;
  readonly #sources: (() => Promise<void> | void)[] = [];
  #running: Promise<void> | undefined;
  #at = -Infinity;

  /** `now`: monotonic, milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** `source` sets gauges. One that fails must leave them as what is then true; it spoils nobody else's. */
  add(source: () => Promise<void> | void): void {
    this.#sources.push(source);
  }

  refresh(): Promise<void> {
    if (this.#running !== undefined) return this.#running;
    if (this.#now() - this.#at < freshMs) return Promise.resolve();
    this.#running = Promise.allSettled(this.#sources.map(async (source) => source())).then(() => {
      this.#at = this.#now();
      this.#running = undefined;
    });
    return this.#running;
  }
}
