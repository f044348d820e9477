import { setTimeout as sleep } from 'node:timers/promises';
import { DeadLetters, type DeadLetter, type DeadLetterFilter } from '../lanes/dead-letters.js';
import type { OperatorAccess } from './access.js';

/** Dead letters by their ids, or all that fit a filter. */
export type Selection =
  | { readonly ids: readonly string[]; readonly filter?: undefined }
  | { readonly ids?: undefined; readonly filter: DeadLetterFilter };

export type Act = 'retry' | 'discard';

export interface Done {
  readonly done: number;
  /** Of those named, the ones that are no dead letters (any more). */
  readonly missing: readonly string[];
  /** More fit the filter than were to be dealt with. */
  readonly more: boolean;
}

/** A bulk retry must not hit a far end that has just come back with everything at once. */
export const retriesPerSecond = 50;

/**
 * Puts dead letters back to the tails of their lanes, or removes them for good; the oldest first, a retry no faster than
 * `retriesPerSecond`. @param most after so many it stops and says whether there are more
 */
export async function dealWith(
  access: OperatorAccess,
  act: Act,
  selection: Selection,
  most = Infinity,
): Promise<Done> {
  const letters = new DeadLetters(access.redis, access.keys);
  const one =
    act === 'discard' ? (id: string) => letters.discard(id) : (id: string) => retry(access, letters, id);
  const missing: string[] = [];
  let done = 0;
  if (selection.ids !== undefined) {
    for (const id of selection.ids) {
      if (await one(id)) done += 1;
      else missing.push(id);
    }
    return { done, missing, more: false };
  }
  for await (const { id } of letters.list(selection.filter)) {
    if (done >= most) return { done, missing, more: true };
    if (await one(id)) done += 1;
  }
  return { done, missing, more: false };
}

async function retry({ lanes, queues }: OperatorAccess, letters: DeadLetters, id: string): Promise<boolean> {
  const place = letters.place(id);
  const orders = place === undefined ? undefined : await lanes.revive(place.shard, place.number);
  if (orders === undefined) return false;
  await queues.add(orders);
  await sleep(1000 / retriesPerSecond);
  return true;
}

export interface Page {
  readonly letters: readonly DeadLetter[];
  /** How many fit in all, counted up to `countUpTo`. */
  readonly matching: number;
  readonly counted: 'exactly' | 'at-least';
  /** What to ask for the next page with; undefined on the last one. */
  readonly next: string | undefined;
  /** When the reading began, by Redis's clock. */
  readonly asOf: number;
}

/** Of those who ask, nobody reads further. */
const countUpTo = 1000;

/** One page of the dead letters that fit, the oldest first, those behind `after`. */
export async function page(
  { redis, keys }: Pick<OperatorAccess, 'redis' | 'keys'>,
  filter: DeadLetterFilter,
  options: { readonly limit: number; readonly after?: string | undefined },
): Promise<Page> {
  const cursor = options.after === undefined ? undefined : readCursor(options.after);
  const letters: DeadLetter[] = [];
  let matching = 0;
  let next: string | undefined;
  const all = new DeadLetters(redis, keys);
  const asOf = await all.now();
  for await (const letter of all.list(filter)) {
    matching += 1;
    if (cursor !== undefined && !isBehind(letter, cursor)) continue;
    if (letters.length < options.limit) letters.push(letter);
    else {
      const last = letters.at(-1);
      next ??= last === undefined ? undefined : `${last.at}.${last.id}`;
      if (matching >= countUpTo) return { letters, matching, counted: 'at-least', next, asOf };
    }
  }
  return { letters, matching, counted: 'exactly', next, asOf };
}

/** The form of a page's `next`. */
export const cursorPattern = /^\d{1,16}\.\d{1,3}-\d{1,16}$/;

interface Cursor {
  readonly at: number;
  readonly id: string;
}

function readCursor(text: string): Cursor {
  const dot = text.indexOf('.');
  return { at: Number(text.slice(0, dot)), id: text.slice(dot + 1) };
}

/** Of the same millisecond, `DeadLetters.list` tells those of one shard as Redis sorts their numbers: as texts. */
function isBehind(letter: Cursor, cursor: Cursor): boolean {
  if (letter.at !== cursor.at) return letter.at > cursor.at;
  const [shard = '', number = ''] = letter.id.split('-');
  const [cursorShard = '', cursorNumber = ''] = cursor.id.split('-');
  return shard === cursorShard ? number > cursorNumber : Number(shard) > Number(cursorShard);
}
