/** The demo's start page: two pages in frames, and between them where each message is. */
import type { Card } from '../card.js';
import { drawCard } from './draw-card.js';
import { readCard, readPlaces } from './read.js';

/** Cards on the page at most; the oldest go. */
const most = 100;
const nearEnd = 80;

const list = element('journeys');
const scroll = element('scroll');
const drawn = new Map<string, HTMLElement>();

void place();
const events = new EventSource('/journeys');
events.addEventListener('open', () => (element('state').textContent = 'live'));
events.addEventListener('error', () => (element('state').textContent = 'connection lost, trying again …'));
events.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const card = readCard(data);
  if (card !== undefined) show(card);
});

async function place(): Promise<void> {
  const { chat, desk, management } = readPlaces(await (await fetch('/places')).json());
  for (const [name, address] of [['chat', chat] as const, ['desk', desk] as const]) {
    element(name).setAttribute('src', address);
    element(`${name}-link`).setAttribute('href', address);
  }
  element('operators-link').setAttribute('href', `${management}/messages/`);
  element('metrics-link').setAttribute('href', `${management}/metrics`);
}

function show(card: Card): void {
  element('none').hidden = true;
  const following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < nearEnd;
  const item = drawCard(card, drawn.get(card.id));
  if (!drawn.has(card.id)) list.append(item);
  drawn.set(card.id, item);
  for (const [id, old] of [...drawn].slice(0, Math.max(0, drawn.size - most))) {
    old.remove();
    drawn.delete(id);
  }
  if (following) scroll.scrollTop = scroll.scrollHeight;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no "${id}"`);
  return found;
}
