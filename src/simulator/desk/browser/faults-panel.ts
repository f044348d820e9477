/** Arming and disarming what can go wrong between eGain and the bridge. */
import { call } from './control.js';
import { byId, keepingFocus, make } from './dom.js';
import { fields, list, readFault, type Fault } from './wire.js';
import type { ComposerParts } from './composer.js';

const kinds: readonly (readonly [name: string, rule: Readonly<Record<string, unknown>>])[] = [
  ['eGain is slow: 3 s per message', { kind: 'delay', operation: 'sendMessage', ms: 3000 }],
  ['eGain fails: 503', { kind: 'status', operation: 'sendMessage', status: 503 }],
  ['eGain says too many: 429, 5 s', { kind: 'throttle', operation: 'sendMessage', retryAfterSeconds: 5 }],
  ['eGain refuses for good: 400', { kind: 'status', operation: 'sendMessage', status: 400 }],
  ['eGain takes it, its answer is lost', { kind: 'reset', operation: 'sendMessage', when: 'after' }],
  ['eGain never answers', { kind: 'hang', operation: 'sendMessage' }],
  ['Callback twice', { kind: 'callback-duplicate', copies: 1 }],
  ['Callback 3 s late', { kind: 'callback-delay', ms: 3000 }],
  ['Callbacks in the wrong order', { kind: 'callback-reorder', maxWaitMs: 3000 }],
  ['Callback with a wrong password', { kind: 'callback-wrong-authorization' }],
  ['Callback never sent', { kind: 'callback-drop' }],
  ['Files: eGain’s storage fails', { kind: 'status', operation: 'uploadAssetContent', status: 503 }],
];

export class FaultsPanel {
  readonly #list = byId('fault-list', HTMLUListElement);
  readonly #count = byId('fault-count', HTMLSpanElement);
  readonly #attempt: ComposerParts['attempt'];

  constructor(attempt: ComposerParts['attempt']) {
    this.#attempt = attempt;
    const kind = byId('fault-kind', HTMLSelectElement);
    const times = byId('fault-times', HTMLInputElement);
    for (const [name] of kinds) kind.append(make('option', {}, name));
    byId('fault-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const rule = kinds[kind.selectedIndex]?.[1] ?? {};
      const limit = times.value === '' ? {} : { times: Number(times.value) };
      void this.#change(() => call('POST', 'faults', { ...rule, ...limit }));
    });
  }

  async refresh(): Promise<void> {
    const faults = list(fields(await call('GET', 'faults'))['faults']).map(readFault);
    this.#count.textContent = faults.length === 0 ? '' : `(${faults.length} armed)`;
    keepingFocus(this.#list, () => this.#list.replaceChildren(...faults.map((fault) => this.#entry(fault))));
  }

  #entry({ id, what, struck }: Fault): HTMLElement {
    const remove = make(
      'button',
      { type: 'button', 'data-key': id, 'aria-label': `Remove: ${what}` },
      'Remove',
    );
    remove.addEventListener('click', () => {
      void this.#change(() => call('DELETE', `faults/${encodeURIComponent(id)}`));
    });
    return make('li', {}, make('span', {}, `${what} (struck ${struck} ×)`), remove);
  }

  async #change(work: () => Promise<unknown>): Promise<void> {
    await this.#attempt(async () => {
      await work();
      await this.refresh();
    });
  }
}
