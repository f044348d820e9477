import { dayView, entryView, updateDelivery, type EntryActions } from './entry-view.js';
import type { Entry } from './transcript.js';

/** How near the end counts as being there, in CSS pixels. */
const nearEnd = 80;

/** What was there when the page was opened is not news; only what comes afterwards is read out. Milliseconds. */
const settledMs = 500;

/** The log of the conversation: draws what has changed and leaves the rest alone, so that readers hear only what is new. */
export class LogView {
  readonly #log: HTMLElement;
  readonly #actions: EntryActions;
  readonly #drawn = new Map<string, { readonly entry: Entry; readonly element: HTMLElement }>();
  readonly #days = new Map<string, HTMLElement>();

  /** Whether the reader is at the end, and is to stay there. */
  #following = true;
  #top = 0;
  #last: string | undefined;

  constructor(log: HTMLElement, actions: EntryActions) {
    this.#log = log;
    this.#actions = actions;
    log.addEventListener('scroll', () => this.#scrolled());
    // A picture that has loaded, and a keyboard that opens below, move the end as well.
    log.addEventListener('load', () => this.#follow(), true);
    new ResizeObserver(() => this.#follow()).observe(log);
  }

  draw(entries: readonly Entry[]): void {
    const wanted: HTMLElement[] = [];
    const keys = new Set<string>();
    const days = new Set<string>();
    for (const entry of entries) {
      const day = new Date(entry.at).toDateString();
      if (!days.has(day)) wanted.push(this.#day(day, entry.at));
      days.add(day);
      keys.add(entry.key);
      wanted.push(this.#entry(entry));
    }
    for (const [key, { element }] of this.#drawn) {
      if (keys.has(key)) continue;
      element.remove();
      this.#drawn.delete(key);
    }
    for (const [day, element] of this.#days) {
      if (days.has(day)) continue;
      element.remove();
      this.#days.delete(day);
    }
    let before: ChildNode | null = this.#log.firstChild;
    for (const element of wanted) {
      if (element === before) before = before.nextSibling;
      else this.#log.insertBefore(element, before);
    }
    if (this.#log.getAttribute('aria-live') !== 'polite')
      setTimeout(() => this.#log.setAttribute('aria-live', 'polite'), settledMs);
    const last = entries.at(-1)?.key;
    if (last !== this.#last && entries.at(-1)?.own === true) this.#following = true;
    this.#last = last;
    this.#follow();
  }

  #follow(): void {
    if (this.#following) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** On its way down it may pass many places that are not the end; only a reader goes up. */
  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    const isNear = scrollHeight - scrollTop - clientHeight < nearEnd;
    if (isNear || scrollTop < this.#top) this.#following = isNear;
    this.#top = scrollTop;
  }

  #entry(entry: Entry): HTMLElement {
    const drawn = this.#drawn.get(entry.key);
    if (drawn?.entry === entry) return drawn.element;
    const focused = drawn?.element.contains(document.activeElement) === true;
    const isUpdated =
      drawn !== undefined &&
      updateDelivery(drawn.element, { before: drawn.entry, now: entry }, this.#actions);
    const element = isUpdated ? drawn.element : entryView(entry, this.#actions);
    if (!isUpdated) drawn?.element.replaceWith(element);
    // A button that is drawn anew is gone for the keyboard.
    if (focused && !element.contains(document.activeElement)) this.#log.focus();
    this.#drawn.set(entry.key, { entry, element });
    return element;
  }

  #day(day: string, at: number): HTMLElement {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const element = dayView(at, this.#actions.language);
    this.#days.set(day, element);
    return element;
  }
}
