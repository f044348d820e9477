import { make, type Child } from './dom.js';
import { fill, type Words } from './texts.js';

/** More than this nobody looks through one by one. */
export const longest = 15;

/** A line of a list: something to choose, or the heading of what follows. */
export interface Row {
  readonly element: HTMLElement;
  /** What is chosen with; absent for a heading. */
  readonly control?: HTMLElement;
  /** What it is found by. */
  readonly words: string;
}

/** Without regard to case, accents and forms of letters. */
const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

const isShown = ({ element }: Row): boolean => !element.hidden;

/**
 * A list too long to be looked through: it scrolls by itself, a word finds what is wanted, the Tab key stops at it once and
 * the arrow keys move in it. A screen reader is told how many there are, not all of them.
 */
export function longList(rows: readonly Row[], words: Words): Child[] {
  const options = rows.filter(({ control }) => control !== undefined);
  const search = make('input', {
    type: 'search',
    class: 'find',
    dir: 'auto',
    autocomplete: 'off',
    placeholder: words.find,
    'aria-label': words.find,
    'data-testid': 'find',
  });
  const count = make('p', { class: 'subtitle', role: 'status', 'data-testid': 'found' });
  const list = make(
    'div',
    { class: 'long', 'aria-live': 'off', 'data-testid': 'options' },
    ...rows.map(({ element }) => element),
  );
  const stopAt = (stop: Row | undefined): void => {
    for (const row of options) row.control?.setAttribute('tabindex', row === stop ? '0' : '-1');
  };
  const find = (): void => {
    const wanted = plain(search.value.trim());
    for (const { element, words: own } of options) element.hidden = !plain(own).includes(wanted);
    hideEmptySections(rows);
    const found = options.filter(isShown);
    count.textContent = fill(words.options, String(found.length));
    stopAt(found[0]);
  };
  const go = (row: Row | undefined): void => {
    if (row === undefined) return;
    stopAt(row);
    row.control?.focus();
  };
  search.addEventListener('input', find);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    go(options.find(isShown));
  });
  list.addEventListener('keydown', (event) => {
    const shown = options.filter(isShown);
    const at = shown.findIndex(({ control }) => control === event.target);
    const to = at < 0 ? undefined : placeAfter(event.key, at, shown.length - 1);
    if (to === undefined) return;
    event.preventDefault();
    go(shown[to]);
  });
  find();
  return [search, count, list];
}

function placeAfter(key: string, at: number, last: number): number | undefined {
  if (key === 'ArrowDown') return Math.min(last, at + 1);
  if (key === 'ArrowUp') return Math.max(0, at - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : undefined;
}

/** A heading is shown while something below it is. */
function hideEmptySections(rows: readonly Row[]): void {
  let used = false;
  for (const { element, control } of rows.toReversed()) {
    if (control !== undefined) used ||= !element.hidden;
    else {
      element.hidden = !used;
      used = false;
    }
  }
}
