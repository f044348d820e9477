/** Beyond it, what a name is made from is not kept: some are made from whole messages. In UTF-16 units. */
const longest = 512;

/**
 * Names made lately, so that those of a busy lane are not made anew for each of its messages. Bounded: when `most` have
 * been added, the ones not asked for since the last time that happened are let go.
 */
export class RecentNames {
  readonly #most: number;
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  constructor(most: number) {
    this.#most = most;
  }

  get(what: string, make: (what: string) => string): string {
    if (what.length > longest) return make(what);
    const known = this.#young.get(what);
    if (known !== undefined) return known;
    const name = this.#old.get(what) ?? make(what);
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(what, name);
    return name;
  }
}
