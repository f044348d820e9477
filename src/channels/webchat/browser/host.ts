/** The page that has the chat in a frame: who the visitor is, and what the widget's button shows. */

const name = 'egain-bridge-chat';

export interface HostWishes {
  readonly identity: string;
  readonly language: string;
}

const nothing: HostWishes = { identity: '', language: '' };
/** A host that says nothing for so long has nothing to say. */
const patienceMs = 3000;

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
        const wishes = readWishes(event.data);
        if (wishes === undefined) return;
        this.#origin = event.origin;
        finish(wishes);
      };
      const timer = setTimeout(() => finish(nothing), patienceMs);
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

function readWishes(data: unknown): HostWishes | undefined {
  if (typeof data !== 'object' || data === null || !(name in data) || data[name] !== 'host') return undefined;
  const { identity, language } = data as { identity?: unknown; language?: unknown };
  return {
    identity: typeof identity === 'string' ? identity : '',
    language: typeof language === 'string' ? language : '',
  };
}
