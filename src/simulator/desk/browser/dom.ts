/** The few things the desk does with the document. Texts become text nodes, so that none of them is ever markup. */

export type Child = Node | string;

/** @param attributes `true` sets one without a value, `false` leaves it out */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  element.append(...children);
  return element;
}

/** The element of the page with that id. @throws when the page has none of that kind: page and script do not fit */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} "${id}"`);
  return found;
}

/** A button in a list that is drawn again and again keeps its place for the keyboard. */
export function keepingFocus(container: HTMLElement, draw: () => void): void {
  const active = document.activeElement;
  const key = active !== null && container.contains(active) ? active.getAttribute('data-key') : null;
  draw();
  if (key === null) return;
  for (const element of container.querySelectorAll<HTMLElement>('[data-key]'))
    if (element.getAttribute('data-key') === key) element.focus();
}

/** A time of day as the reader's own clock shows it. */
export function clock(iso: string): HTMLTimeElement {
  const at = new Date(iso);
  const shown = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return make('time', { datetime: iso }, shown);
}
