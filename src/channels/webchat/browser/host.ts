/** The page that has the chat in a frame: who the visitor is, and what the widget's button shows. */

const name = 'egain-bridge-chat';

export interface HostWishes {
  readonly identity: string;
  readonly language: string;
}

const nothing: HostWishes = { identity: '', language: '' };
/** A host that has a widget says so at once; another one has nothing to say. Milliseconds. */
const signMs = 400;
/** How long it may take to find out who the visitor is. Milliseconds. */
const patienceMs = 10_000;

/** Speaks only with a parent window of an origin that may have the chat in a frame. */
export class Host {
  readonly #origins: ReadonlySet<string>;
  readonly #parent: Window | undefined;
  #origin = '';

  constructor(origins: readonly string[]) {
    this.#origins = new Set([...origins, location.origin]);
    this.#parent = window.parent === window ? undefined : window.parent;
  }

  /** Whether the chat is in another page's frame. */
  get embedded(): boolean {
    return this.#parent !== undefined;
  }

  /** Whether that page listens. */
  get listens(): boolean {
    return this.#origin !== '';
  }

  /** Asks what the host wants; asked anew whenever a session is opened, as an identity does not last. */
  wishes(): Promise<HostWishes> {
    const parent = this.#parent;
    if (parent === undefined) return Promise.resolve(nothing);
    return new Promise((resolve) => {
      const finish = (wishes: HostWishes): void => {
        clearTimeout(timer);
        removeEventListener('message', hear);
        resolve(wishes);
      };
      const hear = (event: MessageEvent): void => {
        if (event.source !== parent || !this.#origins.has(event.origin)) return;
        if (wordOf(event.data) === 'here') {
          this.#origin = event.origin;
          clearTimeout(timer);
          timer = setTimeout(() => finish(nothing), patienceMs);
        }
        const wishes = readWishes(event.data);
        if (wishes !== undefined) finish(wishes);
      };
      let timer = setTimeout(() => finish(nothing), signMs);
      addEventListener('message', hear);
      // It says nothing but that the chat is there, so anybody may hear it.
      parent.postMessage({ [name]: 'ready' }, '*');
    });
  }

  /** Says something to the host that has answered before. */
  tell(what: 'close' | 'message'): void {
    if (this.#origin !== '') this.#parent?.postMessage({ [name]: what }, this.#origin);
  }
}

function wordOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && name in data ? data[name] : undefined;
}

function readWishes(data: unknown): HostWishes | undefined {
  if (wordOf(data) !== 'host') return undefined;
  const { identity, language } = data as { identity?: unknown; language?: unknown };
  return {
    identity: typeof identity === 'string' ? identity : '',
    language: typeof language === 'string' ? language : '',
  };
}
