import type { ChatEvent } from './protocol.js';

/** How far an own message has come. */
export type OwnState = 'sending' | 'accepted' | 'failed' | 'refused';

/** One line of the conversation as it is shown and kept in the browser. */
export interface Entry extends ChatEvent {
  /** `<ms>-<number>`: its place, given by the bridge; '' while it has none. */
  readonly place: string;
  /** The place it comes behind as long as it has none. */
  readonly behind: string;
  /** Milliseconds since 1970, for showing. */
  readonly at: number;
  readonly state?: OwnState;
  /** Ids of the options that were taken of an offer. */
  readonly taken?: readonly string[];
}

/** More of a conversation no page shows. */
const mostEntries = 300;

function compare(a: string, b: string): number {
  const [ams = 0, an = 0] = a.split('-').map(Number);
  const [bms = 0, bn = 0] = b.split('-').map(Number);
  return ams - bms || an - bn;
}

/** Where it stands: its own place, else right behind another's. */
function inOrder(a: Entry, b: Entry): number {
  const placed = compare(a.place === '' ? a.behind : a.place, b.place === '' ? b.behind : b.place);
  return placed || (a.place === '' ? 1 : 0) - (b.place === '' ? 1 : 0) || a.at - b.at;
}

/** What was said, each thing once, in the order the bridge gave: the same in every tab. */
export class Transcript {
  #entries: readonly Entry[] = [];

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The latest place there is. */
  get last(): string {
    return this.#entries.findLast(({ place }) => place !== '')?.place ?? '0-0';
  }

  /** @param place the event's id. @returns false when it was there already. */
  add(event: ChatEvent, place: string): boolean {
    const known = this.#find(event.key);
    if (known !== undefined && known.place !== '') return false;
    const at = Number(place.split('-')[0]);
    this.#put({
      ...known,
      ...event,
      place,
      behind: '',
      at,
      ...(event.own === true && { state: 'accepted' }),
    });
    if (event.own === true && event.type === 'choice') this.#take(event);
    return known === undefined;
  }

  /** An own message that the bridge does not know yet. `now` in milliseconds since 1970. */
  say(event: ChatEvent, now: number): void {
    this.#put({ ...event, own: true, place: '', behind: this.last, at: now, state: 'sending' });
    if (event.type === 'choice') this.#take(event);
  }

  settle(key: string, state: OwnState): void {
    const known = this.#find(key);
    // What the bridge has told of is kept, whatever became of the answer.
    if (known === undefined || (known.place !== '' && state !== 'accepted')) return;
    this.#put({ ...known, state });
  }

  /** What another tab, or this one before it was closed, has kept. */
  merge(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const known = this.#find(entry.key);
      if (known === undefined || (known.place === '' && entry.place !== '')) this.#put(entry);
    }
  }

  clear(): void {
    this.#entries = [];
  }

  #find(key: string): Entry | undefined {
    return this.#entries.find((entry) => entry.key === key);
  }

  #put(entry: Entry): void {
    const known = this.#find(entry.key);
    if (known !== undefined && entry.place !== '') this.#keepBehind(known, entry.place);
    const entries =
      known === undefined
        ? [...this.#entries, entry]
        : this.#entries.map((other) => (other.key === entry.key ? entry : other));
    this.#entries = entries.sort(inOrder).slice(-mostEntries);
  }

  /** What was said after an own message stays behind it when that one gets its place first. */
  #keepBehind(said: Entry, place: string): void {
    if (said.place !== '') return;
    const from = this.#entries.indexOf(said);
    this.#entries = this.#entries.map((entry, index) =>
      index > from && entry.place === '' && compare(entry.behind, place) < 0
        ? { ...entry, behind: place }
        : entry,
    );
  }

  /** The offer that a choice answers remembers it. */
  #take({ replyTo, choices = [] }: ChatEvent): void {
    const offer = this.#entries.findLast((entry) => entry.id === replyTo && entry.offer !== undefined);
    if (offer !== undefined) this.#put({ ...offer, taken: choices.map(({ id }) => id) });
  }
}
