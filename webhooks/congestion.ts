/** Fewer than this are never too many: a burst into an idle process is not a queue. */
const least = 200;
/** What has waited this long tells that the queue does not move as it should; milliseconds. */
const slowMs = 250;
/** How long those that are admitted may wait for each other, in seconds: half of what a caller is promised (I7). */
const longestQueueSeconds = 0.5;
const windowMs = 1000;

/**
 * Whether more is under way than is finished in time, at whatever speed the machine has at this moment. A fixed number
 * in flight cannot tell: what a fast machine finishes in a tenth of a second takes a busy one many. Only what is slow
 * in all counts: requests that hang on one shard are outnumbered by what the others finish.
 */
export class Congestion {
  readonly #now: () => number;
  /** In the order they began. */
  readonly #underWay = new Set<{ readonly since: number }>();
  #windowFrom = -Infinity;
  #finished = 0;
  #finishedBefore = 0;

  /** `now`: monotonic, milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Counts as under way until the function returned is called. */
  begin(): () => void {
    const request = { since: this.#now() };
    this.#underWay.add(request);
    return () => {
      if (!this.#underWay.delete(request)) return;
      this.#turn(this.#now());
      this.#finished += 1;
    };
  }

  get tooMuch(): boolean {
    if (this.#underWay.size < least) return false;
    const now = this.#now();
    const [oldest] = this.#underWay;
    if (oldest === undefined || now - oldest.since < slowMs) return false;
    this.#turn(now);
    const share = (now - this.#windowFrom) / windowMs;
    const perSecond = this.#finished + this.#finishedBefore * (1 - share);
    return this.#underWay.size > perSecond * longestQueueSeconds;
  }

  #turn(now: number): void {
    const past = now - this.#windowFrom;
    if (past < windowMs) return;
    this.#finishedBefore = past < 2 * windowMs ? this.#finished : 0;
    this.#finished = 0;
    this.#windowFrom = past < 2 * windowMs ? this.#windowFrom + windowMs : now;
  }
}
