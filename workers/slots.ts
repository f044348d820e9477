export type Release = () => void;

/**
 * Each gate's own share of this process's concurrency (I2b). A share is never lent to another gate: what hangs can only
 * use up its own.
 */
export class Slots {
  readonly #limit: number;
  readonly #gates = new Map<string, { taken: number; queue: (() => void)[] }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether somebody waits for a place at this gate. */
  isAwaited(gate: string): boolean {
    return (this.#gates.get(gate)?.queue.length ?? 0) > 0;
  }

  /**
   * A place for one lane, now or when one falls free; undefined when as many are waiting as may run: the lane had better
   * be left to another process.
   */
  async acquire(gate: string): Promise<Release | undefined> {
    let share = this.#gates.get(gate);
    if (share === undefined) {
      share = { taken: 0, queue: [] };
      this.#gates.set(gate, share);
    }
    const own = share;
    if (own.taken >= this.#limit) {
      if (own.queue.length >= this.#limit) return undefined;
      await new Promise<void>((resolve) => own.queue.push(resolve));
    } else {
      own.taken += 1;
    }
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = own.queue.shift();
      if (next === undefined) own.taken -= 1;
      else next();
    };
  }
}

/** One job's place at a gate, as long as it has something to deliver there. */
export class Place {
  readonly #slots: Slots;
  readonly #gate: string;
  #release: Release | undefined;

  private constructor(slots: Slots, gate: string, release: Release) {
    this.#slots = slots;
    this.#gate = gate;
    this.#release = release;
  }

  /** Undefined when there is none to be had: see `Slots.acquire`. */
  static async take(slots: Slots, gate: string): Promise<Place | undefined> {
    const release = await slots.acquire(gate);
    return release === undefined ? undefined : new Place(slots, gate, release);
  }

  /** Whether others wait for it. */
  isAwaited(): boolean {
    return this.#slots.isAwaited(this.#gate);
  }

  /** Goes to the end of those who wait for a place. False when there is none to be had any more. */
  async giveWay(): Promise<boolean> {
    this.leave();
    this.#release = await this.#slots.acquire(this.#gate);
    return this.#release !== undefined;
  }

  leave(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
