/** However slow everything is, so many are let in: fewer could not tell when it gets better, nor fill what is sent together. */
const least = 200;
/** A request that takes longer inside than this is slow; milliseconds. A caller is promised its answer within a second (I7). */
const slowMs = 250;
/** How long is watched before the limit moves; milliseconds. */
const windowMs = 100;
/** A window that sees fewer end goes on: too few tell nothing. */
const enough = 20;
/** What was learned so long ago says nothing to somebody who comes into an empty place. */
const forgottenMs = 5000;
/** How much of the limit is left after a window in which most were slow, and what it grows to after one in which they were not. */
const [back, forth] = [0.8, 1.1];

/**
 * How many requests may be under way, learned from how long they take: less after they were slow, more after they were
 * not. A fixed number cannot tell: what a fast machine finishes in a tenth of a second takes a busy one many. Nor can a
 * rate: refusing costs time as well, so under a flood the rate falls with every refusal, and what is let in with the rate.
 * Most decide: requests that hang on one shard are outnumbered by what the others finish.
 */
export class Congestion {
  readonly #now: () => number;
  readonly #most: number;
  #limit: number;
  #underWay = 0;
  #windowFrom: number;
  #ended = 0;
  #slow = 0;

  /** `now`: monotonic, milliseconds. `most`: never more than so many at once. */
  constructor(now: () => number, most: number) {
    this.#now = now;
    this.#most = most;
    this.#limit = most;
    this.#windowFrom = now();
  }

  get tooMuch(): boolean {
    return this.#underWay >= this.#limit;
  }

  /** Counts as under way until the function returned is called, once. */
  begin(): () => void {
    const since = this.#now();
    if (this.#underWay === 0 && since - this.#windowFrom > forgottenMs) this.#limit = this.#most;
    this.#underWay += 1;
    return () => {
      const now = this.#now();
      this.#underWay -= 1;
      this.#ended += 1;
      if (now - since > slowMs) this.#slow += 1;
      if (this.#ended >= enough && now - this.#windowFrom >= windowMs) this.#turn(now);
    };
  }

  #turn(now: number): void {
    const slow = this.#slow * 2 > this.#ended;
    // One more at least: a tenth of little is nothing.
    const next = slow ? Math.floor(this.#limit * back) : Math.ceil(this.#limit * forth);
    this.#limit = Math.max(Math.min(least, this.#most), Math.min(this.#most, next));
    this.#windowFrom = now;
    this.#ended = 0;
    this.#slow = 0;
  }
}
