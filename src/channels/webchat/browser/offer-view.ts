import type { ChatOffer, ChatOption } from '../events.js';
import { link } from './content-view.js';
import { make, type Child } from './dom.js';
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
  const parts: Child[] = intro === undefined ? [] : [make('p', { class: 'text', dir: 'auto' }, intro)];
  if (options.length > 0) {
    const list = multiple ? severalOf(options, taken, words, choose) : oneOf(options, taken, choose);
    parts.push(
      make(
        'fieldset',
        { class: 'offer', 'data-testid': 'offer', 'data-kind': offer.kind },
        make('legend', { dir: 'auto' }, legend),
        ...(subtitle === undefined ? [] : [make('p', { class: 'subtitle', dir: 'auto' }, subtitle)]),
        ...list,
      ),
    );
  } else if (title !== undefined) parts.push(make('p', { dir: 'auto' }, title));
  if (links.length > 0)
    parts.push(
      make(
        'ul',
        { class: 'links' },
        ...links.map(({ title: name, url }) => make('li', { dir: 'auto' }, link(url, name ?? url))),
      ),
    );
  return make('div', {}, ...parts);
}

function oneOf(
  options: readonly ChatOption[],
  taken: readonly string[] | undefined,
  choose: Choose,
): Child[] {
  return withSections(options, (option) => {
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
    return button;
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
  const list = withSections(options, (option) => {
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
    return make('label', { class: 'option' }, box, make('span', {}, ...wordsOf(option)));
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

function withSections(options: readonly ChatOption[], view: (option: ChatOption) => HTMLElement): Child[] {
  let section = '';
  return options.flatMap((option): Child[] => {
    const { section: own = '' } = option;
    const begins = own !== '' && own !== section;
    section = own;
    return begins ? [make('p', { class: 'section', dir: 'auto' }, own), view(option)] : [view(option)];
  });
}
