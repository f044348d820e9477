/** The chat's page: puts the parts together. */
import { Chat } from './chat.js';
import { Composer } from './composer.js';
import type { ConnectionState } from './connection.js';
import { byId } from './dom.js';
import { Host } from './host.js';
import { Keep } from './keep.js';
import { LogView } from './log-view.js';
import { readJson, type ChatSession } from './protocol.js';
import { chooseLanguage, directionOf, fill, wordsFor } from './texts.js';
import { Typing } from './typing.js';
import { upload } from './upload.js';

/** A short interruption is nobody's business. Milliseconds. */
const offlineAfterMs = 3000;
/** Whoever does not say that they go on writing has stopped. Milliseconds. */
const typingMs = 8000;

/** How long something stays that is only for screen readers. Milliseconds. */
const spokenMs = 10_000;

/** The chat's own folder: all of its addresses are below it. */
const base = new URL('.', import.meta.url).href;

async function main(): Promise<void> {
  const host = new Host(readOrigins());
  // A host is asked for the visitor's identity by every session; the first answer also says the language.
  let wishes = await host.wishes();
  let asked = true;
  const language = chooseLanguage([wishes.language, ...navigator.languages].filter((tag) => tag !== ''));
  const words = wordsFor(language);
  translatePage(language, words);

  const status = byId('status', HTMLElement);
  const state = new StateLine(status, words);
  const typingLine = byId('typing', HTMLElement);
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  const showTyping = (text: string): void => {
    clearTimeout(typingTimer);
    typingLine.textContent = text;
    if (text !== '') typingTimer = setTimeout(() => (typingLine.textContent = ''), typingMs);
  };

  const chat = new Chat({
    base,
    keep: new Keep(`egain-bridge-chat ${base}`),
    identity: async () => {
      if (!asked) wishes = await host.wishes();
      asked = false;
      return wishes.identity;
    },
    about: { language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
    onEntries: (entries) => {
      byId('greeting', HTMLElement).hidden = entries.length > 0;
      log.draw(entries);
    },
    onSession: (session) => applySession(session),
    onState: (next) => state.show(next),
    onNews: (event) => {
      if (event.type !== 'agent.join') showTyping('');
      host.tell('message');
    },
    onTyping: (name, writing) => showTyping(writing ? fill(words.typing, name ?? words.someone) : ''),
  });
  const log = new LogView(byId('log', HTMLElement), {
    words,
    language,
    choose: (entry, options) => chat.choose(entry, options),
    retry: (entry) => chat.retry(entry),
  });
  let mayType = true;
  const typing = new Typing(
    (type) => {
      if (mayType) chat.tell(type);
    },
    () => performance.now(),
  );
  const composer = new Composer({
    words,
    typing,
    send: (text, files) => chat.say(text, files),
    upload: async (file, options) => {
      const session = await chat.session();
      return session === undefined ? { ok: false } : upload(base, session, file, { ...options, language });
    },
    announce: spokenInto(byId('spoken', HTMLElement)),
  });
  const applySession = ({ chat: about }: ChatSession): void => {
    mayType = about.typing;
    composer.allow({ maxLength: about.maxTextLength, files: about.files });
  };
  byId('end', HTMLButtonElement).addEventListener('click', () => chat.tell('conversation.end'));
  const close = byId('close', HTMLButtonElement);
  close.hidden = !host.listens;
  close.addEventListener('click', () => host.tell('close'));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') host.tell('close');
  });
  chat.start();
  if (!host.embedded) composer.focus();
}

/** Says things to whoever cannot see them; what is said stays no longer than it takes to hear it. */
function spokenInto(element: HTMLElement): (text: string) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(timer);
    element.textContent = text;
    timer = setTimeout(() => (element.textContent = ''), spokenMs);
  };
}

/** Says how the connection is, when it is worth saying. */
class StateLine {
  readonly #line: HTMLElement;
  readonly #words: ReturnType<typeof wordsFor>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(line: HTMLElement, words: ReturnType<typeof wordsFor>) {
    this.#line = line;
    this.#words = words;
  }

  show(state: ConnectionState): void {
    document.body.setAttribute('data-connection', state);
    if (state === 'connecting') return;
    if (state === 'offline') {
      this.#timer ??= setTimeout(() => (this.#line.textContent = this.#words.offline), offlineAfterMs);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#line.textContent = state === 'refused' ? this.#words.notAllowed : '';
  }
}

function translatePage(language: string, words: ReturnType<typeof wordsFor>): void {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  byId('log', HTMLElement).setAttribute('aria-label', words.conversation);
  byId('text-label', HTMLElement).textContent = words.write;
  byId('text', HTMLTextAreaElement).placeholder = words.placeholder;
  const label = (id: string, text: string): void => {
    const button = byId(id, HTMLButtonElement);
    button.setAttribute('aria-label', text);
    button.title = text;
  };
  label('send', words.send);
  label('attach', words.attach);
  label('end', words.end);
  label('close', words.close);
}

function readOrigins(): string[] {
  const meta = document.querySelector('meta[name="chat-origins"]');
  const origins = readJson(meta?.getAttribute('content') ?? '[]');
  return Array.isArray(origins) ? origins.map(String) : [];
}

void main();
