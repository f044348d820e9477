/** The messages of one conversation, in the order they were written. */
import { clock, make, type Child } from './dom.js';
import { safeHtml } from './safe-html.js';
import type { FileShown, Message } from './wire.js';

/** Distance from the end, in pixels, within which a reader counts as being there. */
const nearEnd = 60;
const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export class Transcript {
  readonly #log: HTMLElement;
  readonly #list: HTMLElement;
  readonly #drawn = new Map<string, { readonly sign: string; readonly item: HTMLElement }>();
  #conversation = '';
  /** Whether the reader is at the end, and is to stay there. */
  #following = true;

  constructor(log: HTMLElement, list: HTMLElement) {
    this.#log = log;
    this.#list = list;
    log.addEventListener('scroll', () => {
      this.#following = log.scrollHeight - log.scrollTop - log.clientHeight < nearEnd;
    });
    // A picture that has loaded and a panel that was opened move the end as well.
    const sizes = new ResizeObserver(() => this.#follow());
    sizes.observe(log);
    sizes.observe(list);
  }

  /** Adds what is new and changes what has changed, so that a screen reader tells only that. */
  show(conversation: string, messages: readonly Message[]): void {
    if (conversation !== this.#conversation) this.#begin(conversation);
    const texts = new Map(
      messages.flatMap((message) => [message.id, message.ownId].map((id) => [id, message] as const)),
    );
    for (const message of messages) {
      if (message.type.startsWith('typing.')) continue;
      const sign = JSON.stringify(message);
      const before = this.#drawn.get(message.id);
      if (before?.sign === sign) continue;
      const item = draw(message, texts.get(message.answersTo));
      if (before === undefined) this.#list.append(item);
      else before.item.replaceWith(item);
      this.#drawn.set(message.id, { sign, item });
    }
    this.#follow();
  }

  #follow(): void {
    if (this.#following) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #begin(conversation: string): void {
    this.#conversation = conversation;
    this.#following = true;
    this.#drawn.clear();
    this.#list.replaceChildren();
  }
}

function draw(message: Message, parent: Message | undefined): HTMLElement {
  const side = message.fromCustomer ? 'customer' : message.sender === 'system' ? 'system' : 'ours';
  const head = make('p', { class: 'head' }, make('b', {}, message.sender), ' ', clock(message.at));
  const body = make('div', { class: 'body', dir: 'auto' }, ...bodyOf(message));
  const notes: Child[] = [];
  if (message.type !== 'text') notes.push(make('span', { class: 'kind' }, message.type));
  if (message.answersTo !== '') {
    const to = parent === undefined ? '' : parent.text || parent.title;
    notes.push(make('span', { class: 'kind' }, to === '' ? 'an answer' : `to “${to.slice(0, 40)}”`));
  }
  if (message.deleted) notes.push(make('span', { class: 'kind' }, 'taken back'));
  if (notes.length > 0) head.append(' ', ...notes);
  return make(
    'li',
    { class: message.deleted ? `${side} deleted` : side, 'data-message': message.id },
    head,
    body,
  );
}

function bodyOf(message: Message): Child[] {
  const parts: Child[] = [];
  if (message.html !== '') parts.push(safeHtml(message.html));
  else if (message.text !== '') parts.push(message.text);
  const content = make('pre', { dir: 'ltr' }, message.rest);
  if (message.rest.includes('\n'))
    parts.push(make('details', {}, make('summary', {}, message.title || 'Content'), content));
  else if (message.rest !== '') parts.push(content);
  for (const file of message.files) parts.push(drawFile(file));
  return parts;
}

function drawFile(file: FileShown): HTMLElement {
  const name = [file.name, file.size].filter((part) => part !== '').join(', ');
  const reachable = file.url.startsWith('/') || /^https?:\/\//i.test(file.url);
  if (!reachable) return make('p', { class: 'file' }, name);
  const link = make('a', { href: file.url, target: '_blank', rel: 'noopener noreferrer' }, name);
  const item = make('p', { class: 'file' }, link);
  // Only what this very server holds: a page of the desk asks nobody else for anything.
  if (file.url.startsWith('/') && pictures.has(file.contentType))
    item.prepend(make('img', { src: file.url, alt: `Picture: ${file.name}`, loading: 'lazy' }));
  return item;
}
