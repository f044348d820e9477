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
  const said = type === 'choice' ? choices.map(({ id, title }) => title ?? id).join(', ') : text;
  if (type === 'page.push') parts.push(make('p', {}, actions.words.pushed));
  // An offer's own words are its legend; its text is for channels that show no lists.
  const shown = offer === undefined || content !== undefined ? said : '';
  if (content !== undefined)
    parts.push(
      make('div', { class: 'text rich', dir: 'auto', 'data-testid': 'text' }, ...contentView(content)),
    );
  else if (shown !== '')
    parts.push(make('div', { class: 'text', dir: 'auto', 'data-testid': 'text' }, ...textView(shown)));
  if (offer !== undefined)
    parts.push(offerView(offer, entry.taken, actions.words, (options) => actions.choose(entry, options)));
  if (attachments.length > 0) parts.push(filesView(attachments));
  return parts;
}

function footOf(entry: Entry, { words, language, retry }: EntryActions): HTMLElement {
  const at = new Date(entry.at);
  const time = at.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
  const foot = make('span', { class: 'foot' }, make('time', { datetime: at.toISOString() }, time));
  if (entry.own !== true || entry.state === undefined) return foot;
  foot.append(' ', make('span', { 'data-testid': 'state' }, words[entry.state]));
  if (entry.state === 'failed') {
    const again = make('button', { type: 'button', class: 'again', 'data-testid': 'retry' }, words.again);
    again.addEventListener('click', () => retry(entry));
    foot.append(' ', again);
  }
  return foot;
}

/** The day as a line of its own. */
export function dayView(at: number, language: string): HTMLElement {
  const day = new Date(at).toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long' });
  return make('p', { class: 'day', 'data-testid': 'day' }, make('span', {}, day));
}
