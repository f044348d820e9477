/** Parcels by key: one at a time within a key, and no more than a number at once over all keys. */

/** A counting gate; `enter` resolves in the order of the calls. */
export class Gate {
  readonly #limit: () => number;
  #inside = 0;
  #waiting: (() => void)[] = [];

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  async enter(): Promise<void> {
    if (this.#inside < this.#limit()) {
      this.#inside += 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inside -= 1;
    else next();
  }
}

export class Lanes<Parcel> {
  readonly #carry: (parcels: readonly Parcel[]) => Promise<void>;
  readonly #lanes = new Map<string, Parcel[]>();

  constructor(carry: (parcels: readonly Parcel[]) => Promise<void>) {
    this.#carry = carry;
  }

  /** @param most parcels of this key that may be carried together. */
  add(key: string, parcel: Parcel, most: number): void {
    const waiting = this.#lanes.get(key);
    if (waiting !== undefined) {
      waiting.push(parcel);
      return;
    }
    const lane = [parcel];
    this.#lanes.set(key, lane);
    void this.#drain(key, lane, most);
  }

  async #drain(key: string, lane: Parcel[], most: number): Promise<void> {
    while (lane.length > 0) {
      // The parcels leave the lane only now, so that later ones find it occupied.
      await this.#carry(lane.splice(0, most));
    }
    this.#lanes.delete(key);
  }
}
