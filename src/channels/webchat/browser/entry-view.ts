import { contentView, textView } from './content-view.js';
import { make, type Child } from './dom.js';
import { filesView } from './files-view.js';
import { offerView, type Choose } from './offer-view.js';
import type { Words } from './texts.js';
import type { Entry } from './transcript.js';

export interface EntryActions {
  readonly words: Words;
  readonly language: string;
  readonly choose: (entry: Entry, ...options: Parameters<Choose>) => void;
  readonly retry: (entry: Entry) => void;
}

/** Types that are no messages: what they say, in the customer's language, stands between the messages. */
const lines: ReadonlySet<string> = new Set([
  'agent.join',
  'agent.available',
  'agent.unavailable',
  'agent.transfer',
  'queue.transfer',
  'escalation.transfer',
  'conversation.state',
  'conversation.end',
  'system',
  'error',
]);

/** What an entry says as a line of its own; undefined for a message. */
function lineOf({ type, own, text }: Entry, words: Words): string | undefined {
  if (!lines.has(type)) return undefined;
  return own === true && type === 'conversation.end' ? words.ended : (text ?? '');
}

/** One entry of the log. */
export function entryView(entry: Entry, actions: EntryActions): HTMLElement {
  const line = lineOf(entry, actions.words);
  if (line !== undefined)
    return make(
      'p',
      {
        class: 'line',
        dir: 'auto',
        'data-testid': 'line',
        'data-type': entry.type,
        'data-key': entry.key,
        hidden: line === '',
      },
      line,
    );
  const own = entry.own === true;
  const article = make('div', {
    class: own ? 'message own' : 'message',
    'data-testid': own ? 'own-message' : 'message',
    'data-key': entry.key,
    'data-state': entry.state ?? false,
  });
  article.append(
    make('span', { class: 'sender', dir: 'auto' }, own ? actions.words.you : senderOf(entry, actions.words)),
    ...bodyOf(entry, actions),
    footOf(entry, actions),
  );
  return article;
}

const senderOf = ({ sender }: Entry, words: Words): string => sender?.name ?? words.someone;

function bodyOf(entry: Entry, actions: EntryActions): Child[] {
  const { text = '', content, attachments = [], offer, choices = [], type } = entry;
  const parts: Child[] = [];
  const said = type === 'choice' ? titlesView(choices) : text === '' ? [] : textView(text);
  if (type === 'page.push') parts.push(make('p', {}, actions.words.pushed));
  // An offer's own words are its legend; its text is for channels that show no lists.
  const shown = offer === undefined ? said : [];
  if (content !== undefined)
    parts.push(
      make('div', { class: 'text rich', dir: 'auto', 'data-testid': 'text' }, ...contentView(content)),
    );
  else if (shown.length > 0)
    parts.push(make('div', { class: 'text', dir: 'auto', 'data-testid': 'text' }, ...shown));
  if (offer !== undefined)
    parts.push(offerView(offer, entry.taken, actions.words, (options) => actions.choose(entry, options)));
  if (attachments.length > 0) parts.push(filesView(attachments));
  return parts;
}

/** Titles in any script, one behind the other: none of them turns its neighbours round. */
function titlesView(choices: NonNullable<Entry['choices']>): Child[] {
  return choices.flatMap(({ id, title }, index): Child[] => [
    ...(index === 0 ? [] : [', ']),
    make('bdi', {}, title ?? id),
  ]);
}

function footOf(entry: Entry, actions: EntryActions): HTMLElement {
  return make('span', { class: 'foot' }, timeView(entry, actions), ' ', deliveryView(entry, actions));
}

function timeView({ at }: Entry, { language }: EntryActions): HTMLElement {
  const time = new Date(at);
  const shown = time.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
  return make('time', { datetime: time.toISOString() }, shown);
}

/** How far an own message has come, and what can be done about it. */
function deliveryView(entry: Entry, { words, retry }: EntryActions): HTMLElement {
  const delivery = make('span', { class: 'delivery' });
  if (entry.own !== true || entry.state === undefined) return delivery;
  delivery.append(make('span', { 'data-testid': 'state' }, words[entry.state]));
  if (entry.state === 'failed') {
    const again = make('button', { type: 'button', class: 'again', 'data-testid': 'retry' }, words.again);
    again.addEventListener('click', () => retry(entry));
    delivery.append(' ', again);
  }
  return delivery;
}

/**
 * Brings the element of an own message up to date where nothing but its delivery has changed: drawn anew, a screen reader
 * would read all of it again. @returns false where more has changed
 */
export function updateDelivery(
  element: HTMLElement,
  { before, now }: { readonly before: Entry; readonly now: Entry },
  actions: EntryActions,
): boolean {
  if (now.own !== true || said(before) !== said(now)) return false;
  if (now.state !== undefined) element.setAttribute('data-state', now.state);
  element.querySelector('.foot time')?.replaceWith(timeView(now, actions));
  if (before.state !== now.state) element.querySelector('.delivery')?.replaceWith(deliveryView(now, actions));
  return true;
}

const said = ({ type, text, choices, attachments }: Entry): string =>
  JSON.stringify([type, text, choices, attachments?.map(({ name }) => name)]);

/** The day as a line of its own. */
export function dayView(at: number, language: string): HTMLElement {
  const day = new Date(at).toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long' });
  return make('p', { class: 'day', 'data-testid': 'day' }, make('span', {}, day));
}
