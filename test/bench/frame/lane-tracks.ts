import { conversationIn, customerIn } from './bodies.js';

interface Lane {
  lastNumber: number;
  lastAtMs: number;
}

/** What arrived, lane by lane, told from the ids that `bodies.ts` writes into every message. */
export class LaneTracks {
  readonly #lanes = new Map<string, Lane>();
  readonly #seen = new Set<number>();
  #repeats = 0;
  #late = 0;
  #longestSilenceMs = 0;

  note(body: string, atMs: number): void {
    const name = (customerIn.exec(body) ?? conversationIn.exec(body))?.[1];
    const number = Number(/[0-9a-f]{8}-(\d{12})/.exec(body)?.[1]);
    if (name === undefined || Number.isNaN(number)) return;
    const repeated = this.#seen.has(number);
    this.#seen.add(number);
    if (repeated) this.#repeats += 1;
    const lane = this.#lanes.get(name);
    if (lane === undefined) {
      this.#lanes.set(name, { lastNumber: number, lastAtMs: atMs });
      return;
    }
    // A message that comes again directly after itself is a repeat, but it is still in its place.
    if (number < lane.lastNumber && !repeated) this.#late += 1;
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, atMs - lane.lastAtMs);
    lane.lastNumber = Math.max(lane.lastNumber, number);
    lane.lastAtMs = atMs;
  }

  summary(): {
    readonly distinct: number;
    readonly repeats: number;
    readonly outOfOrder: number;
    readonly longestSilenceMs: number;
  } {
    return {
      distinct: this.#seen.size,
      repeats: this.#repeats,
      outOfOrder: this.#late,
      longestSilenceMs: this.#longestSilenceMs,
    };
  }

  reset(): void {
    this.#lanes.clear();
    this.#seen.clear();
    this.#repeats = 0;
    this.#late = 0;
    this.#longestSilenceMs = 0;
  }
}
