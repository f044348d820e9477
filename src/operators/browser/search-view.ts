/** A message, a customer or a conversation → what happened, message by message, as timelines. */
import { sentence, tell } from './api.js';
import { byId, make } from './dom.js';
import { counted, span, timeOf, wayOf } from './words.js';
import type { Message, SearchAnswer, Step } from './wire.js';

const form = byId('search', HTMLFormElement);
const by = byId('search-by', HTMLSelectElement);
const channel = byId('search-channel', HTMLSelectElement);
const words = byId('search-id', HTMLInputElement);
const found = byId('found', HTMLElement);
const said = byId('search-said', HTMLElement);

export function startSearch(): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void look();
  });
  by.addEventListener('change', fit);
  fit();
  byId('search-start', HTMLButtonElement).disabled = false;
}

/** Shows the journey of a message, as if somebody had searched for it. */
export function searchMessage(id: string): void {
  by.value = 'message';
  words.value = id;
  channel.value = '';
  fit();
  void look();
  byId('search-title', HTMLElement).scrollIntoView();
}

function fit(): void {
  channel.disabled = by.value === 'conversation';
  channel.required = by.value === 'customer';
}

function question(): object {
  const id = words.value.trim();
  const only = channel.value === '' ? {} : { channel: channel.value };
  if (by.value === 'customer') return { customer: id, ...only };
  return by.value === 'conversation' ? { conversation: id } : { message: id, ...only };
}

async function look(): Promise<void> {
  said.textContent = 'looking …';
  try {
    const answer = await tell<SearchAnswer>('search', question());
    found.replaceChildren(...answer.messages.map(drawMessage));
    const open = answer.openConversation === null ? '' : `; open conversation ${answer.openConversation}`;
    const more = answer.complete ? '' : ', and older ones';
    said.textContent =
      answer.messages.length === 0
        ? `nothing found: never accepted, or longer ago than journeys are kept${open}`
        : `${counted(answer.messages.length, 'message')}${more}${open}`;
  } catch (error) {
    found.replaceChildren();
    said.textContent = sentence(error);
  }
}

const states: Readonly<Record<Message['state'], string>> = {
  waiting: 'waiting',
  retrying: 'tried again later',
  delivered: 'delivered',
  dead: 'dead letter',
  ignored: 'ignored',
  forgotten: 'forgotten',
  gone: 'just finished or forgotten',
};

function drawMessage(message: Message): HTMLElement {
  const {
    id,
    direction,
    channel: where,
    state,
    conversationId,
    deadLetter,
    ahead,
    acceptedAt,
    lane,
  } = message;
  const facts = [
    `lane ${lane}`,
    ...(conversationId === null ? [] : [`conversation ${conversationId}`]),
    ...(deadLetter === null ? [] : [`dead letter ${deadLetter}`]),
    ...(ahead === null || ahead === 0 ? [] : [`behind ${counted(ahead, 'other')}`]),
  ];
  const item = make(
    'li',
    { class: `message ${state}` },
    make(
      'h3',
      {},
      make('span', { class: 'id' }, id ?? 'id not kept'),
      ` ${wayOf(direction)} · ${where} · `,
      make('span', { class: 'state' }, states[state]),
    ),
    make('ol', { class: 'timeline' }, ...message.steps.map((step) => drawStep(step, acceptedAt, direction))),
    make('p', { class: 'soft' }, facts.join(' · ')),
  );
  item.dataset['state'] = state;
  return item;
}

function drawStep(
  { at, what, answer, count }: Step,
  acceptedAt: string,
  direction: Message['direction'],
): HTMLElement {
  const after = at === null ? '' : ` +${span(Math.max(0, Date.parse(at) - Date.parse(acceptedAt)))}`;
  const when =
    at === null ? [] : [timeOf(at), make('span', { class: 'soft' }, what === 'accepted' ? '' : after), ' '];
  return make('li', { class: what }, ...when, make('span', {}, sayStep(what, answer, count ?? 0, direction)));
}

function sayStep(
  what: Step['what'],
  answer: string | null,
  count: number,
  direction: Message['direction'],
): string {
  const there = direction === 'in' ? 'eGain' : 'the customer';
  const why = answer === null ? '' : `: ${answer}`;
  switch (what) {
    case 'accepted':
      return 'accepted and kept';
    case 'unknown':
      return `${counted(count, 'attempt')} more, not remembered`;
    case 'failed':
      return `attempt failed${why}`;
    case 'next':
      return 'is tried again';
    case 'delivered':
      return answer === null ? `delivered to ${there}` : `delivered to ${there} as ${answer}`;
    case 'dead':
      return `became a dead letter${why}`;
    case 'ignored':
    case 'forgotten':
      return `${what}${why}`;
  }
}
