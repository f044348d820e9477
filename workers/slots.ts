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
