import type { ChatOffer, ChatOption } from '../events.js';
import { link } from './content-view.js';
import { make, type Child } from './dom.js';
import { longest, longList, type Row } from './long-list.js';
import type { Words } from './texts.js';

export type Choose = (options: readonly ChatOption[]) => void;

/** Something to choose from: buttons for one answer, boxes and a button for several, links to follow. */
export function offerView(
  offer: ChatOffer,
  taken: readonly string[] | undefined,
  words: Words,
  choose: Choose,
): HTMLElement {
  const { intro, title, subtitle, options, multiple = false, links = [] } = offer;
  const legend = title ?? (multiple ? words.chooseSeveral : words.chooseOne);
  const told = subtitle === undefined ? [] : [make('p', { class: 'subtitle', dir: 'auto' }, subtitle)];
  const parts: Child[] = intro === undefined ? [] : [make('p', { class: 'text', dir: 'auto' }, intro)];
  if (options.length > 0) {
    // Of a long list that is answered, nobody needs what was not chosen.
    const shown =
      taken === undefined || options.length <= longest
        ? options
        : options.filter(({ id }) => taken.includes(id));
    const list = multiple ? severalOf(shown, taken, words, choose) : oneOf(shown, taken, words, choose);
    parts.push(
      make(
        'fieldset',
        { class: 'offer', 'data-testid': 'offer', 'data-kind': offer.kind },
        make('legend', { dir: 'auto' }, legend),
        ...told,
        ...list,
      ),
    );
  } else if (title !== undefined || subtitle !== undefined)
    parts.push(
      make(
        'div',
        { class: 'offer', 'data-testid': 'offer', 'data-kind': offer.kind },
        ...(title === undefined ? [] : [make('p', { class: 'title', dir: 'auto' }, title)]),
        ...told,
      ),
    );
  if (links.length > 0)
    parts.push(
      make(
        'ul',
        { class: 'links', 'data-testid': 'links' },
        ...links.map(({ title: name, url }) => make('li', { dir: 'auto' }, link(url, name ?? url))),
      ),
    );
  return make('div', {}, ...parts);
}

function oneOf(
  options: readonly ChatOption[],
  taken: readonly string[] | undefined,
  words: Words,
  choose: Choose,
): Child[] {
  return listOf(options, words, (option) => {
    const button = make(
      'button',
      {
        type: 'button',
        class: 'option',
        'data-testid': 'option',
        'data-option': option.id,
        'aria-pressed': String(taken?.includes(option.id) === true),
        disabled: taken !== undefined,
      },
      ...wordsOf(option),
    );
    button.addEventListener('click', () => choose([option]));
    return { element: button, control: button };
  });
}

function severalOf(
  options: readonly ChatOption[],
  taken: readonly string[] | undefined,
  words: Words,
  choose: Choose,
): Child[] {
  const boxes = new Map<ChatOption, HTMLInputElement>();
  const confirm = make(
    'button',
    { type: 'button', class: 'confirm', 'data-testid': 'confirm', disabled: true },
    words.confirm,
  );
  const chosen = (): ChatOption[] => options.filter((option) => boxes.get(option)?.checked === true);
  const list = listOf(options, words, (option) => {
    const box = make('input', {
      type: 'checkbox',
      'data-testid': 'option',
      'data-option': option.id,
      checked: taken?.includes(option.id) === true,
      disabled: taken !== undefined,
    });
    boxes.set(option, box);
    box.addEventListener('change', () => {
      confirm.disabled = chosen().length === 0;
    });
    const element = make('label', { class: 'option' }, box, make('span', {}, ...wordsOf(option)));
    return { element, control: box };
  });
  confirm.addEventListener('click', () => choose(chosen()));
  return [...list, confirm];
}

function wordsOf({ title, subtitle, id }: ChatOption): Child[] {
  const name = make('span', { dir: 'auto' }, title === '' ? id : title);
  return subtitle === undefined || subtitle === ''
    ? [name]
    : [name, make('small', { dir: 'auto' }, subtitle)];
}

/** The options under the headings of their sections. */
function listOf(
  options: readonly ChatOption[],
  words: Words,
  view: (option: ChatOption) => Pick<Row, 'element' | 'control'>,
): Child[] {
  let section = '';
  const rows = options.flatMap((option): Row[] => {
    const { id, title, subtitle = '', section: own = '' } = option;
    const begins = own !== '' && own !== section;
    section = own;
    const row = { ...view(option), words: [title, subtitle, id].join(' ') };
    return begins ? [{ element: make('p', { class: 'section', dir: 'auto' }, own), words: own }, row] : [row];
  });
  return options.length > longest ? longList(rows, words) : rows.map(({ element }) => element);
}
