/** One message: who wrote what, how far it has come, and how long each stretch took. */
import type { Card } from '../card.js';

const deeds: Readonly<Record<string, string>> = {
  'conversation.state': 'the conversation is handed over',
  'agent.join': 'joins the conversation',
  'agent.unavailable': 'leaves',
  'conversation.end': 'ends the conversation',
};

/** @param before what was drawn of it earlier: it is changed, so that its way forward can be followed */
export function drawCard(card: Card, before: HTMLElement | undefined): HTMLElement {
  const item = before ?? blank();
  const kept = card.keptAt === undefined ? '' : 'kept';
  item.className = ['card', card.direction, card.state, kept, card.endedAt === undefined ? '' : 'ended'].join(
    ' ',
  );
  item.dataset['id'] = card.id;
  item.dataset['state'] = card.state;
  put(item, 'who', `${card.who || 'customer'} ${card.direction === 'in' ? '→ eGain' : '→ customer'}`);
  put(item, 'state', stateInWords(card));
  const deed = deeds[card.type] ?? (card.type === 'text' ? '…' : card.type);
  put(item, 'words', card.text === '' ? `(${deed})` : card.text);
  put(item, 'stops', stops(card).join(' → '));
  return item;
}

function blank(): HTMLElement {
  const item = document.createElement('li');
  const route = line('p', 'route');
  route.append(line('span', 'who'), line('span', 'state'));
  const words = line('p', 'words');
  words.dir = 'auto';
  const track = line('div', 'track');
  track.append(document.createElement('span'));
  track.setAttribute('aria-hidden', 'true');
  item.append(route, words, track, line('p', 'stops'));
  return item;
}

function line(tag: string, name: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}

function put(item: HTMLElement, name: string, text: string): void {
  const element = item.querySelector(`.${name}`);
  if (element !== null && element.textContent !== text) element.textContent = text;
}

function stateInWords({ state, attempts, ahead = 0 }: Card): string {
  switch (state) {
    case 'written':
      return 'on its way to the bridge';
    case 'waiting':
      return ahead === 0 ? 'in its lane' : `in its lane, behind ${ahead}`;
    case 'retrying':
      return `tries again, ${attempts} so far`;
    case 'delivered':
      return attempts > 1 ? `delivered, at attempt ${attempts}` : 'delivered';
    case 'dead':
      return 'dead letter';
    case 'ignored':
    case 'forgotten':
      return state;
  }
}

function stops({ direction, writtenAt, keptAt, endedAt, state, reason }: Card): string[] {
  const told: string[] = [];
  const began = writtenAt ?? keptAt;
  if (writtenAt !== undefined) told.push(`eGain ${time(writtenAt)}`);
  if (keptAt !== undefined)
    told.push(
      writtenAt === undefined ? `kept in Redis ${time(keptAt)}` : `kept after ${took(writtenAt, keptAt)}`,
    );
  if (endedAt === undefined) return reason === undefined ? told : [...told, reason];
  const there = direction === 'in' ? 'eGain has it' : 'customer has it';
  const end = state === 'delivered' ? there : (reason ?? state);
  told.push(`${end} after ${took(began ?? endedAt, endedAt)}`);
  return told;
}

function time(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

function took(from: number, to: number): string {
  return `${Math.max(0, to - from)} ms`;
}
