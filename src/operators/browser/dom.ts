/** The few things the pages do with the document. Texts become text nodes, so that none of them is ever markup. */

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

/** A shape of a drawing. */
export function shape(
  tag: 'svg' | 'g' | 'line' | 'rect' | 'polyline' | 'text',
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly Child[]
): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** The element of the page with that id. @throws when the page has none of that kind: page and script do not fit */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} "${id}"`);
  return found;
}

/** What is drawn again and again keeps the keyboard's place; parts that may have it carry a `data-key`. */
export function redraw(container: HTMLElement, ...children: readonly Child[]): void {
  const active = document.activeElement;
  const key = active !== null && container.contains(active) ? active.getAttribute('data-key') : null;
  container.replaceChildren(...children);
  if (key === null) return;
  for (const element of container.querySelectorAll<HTMLElement>('[data-key]'))
    if (element.getAttribute('data-key') === key) element.focus();
}

export function button(text: string, attributes: Readonly<Record<string, string>>, act: () => void) {
  const made = make('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
}

/** A row of a table; the first cell names it. */
export function row(first: Child, ...cells: readonly Child[]): HTMLTableRowElement {
  return make('tr', {}, make('th', { scope: 'row' }, first), ...cells.map((cell) => make('td', {}, cell)));
}
