/** The list to choose a conversation from, newest first. */
import { keepingFocus, make } from './dom.js';
import type { Summary } from './wire.js';

const phases: Readonly<Record<string, string>> = {
  bot: 'with the bot',
  waiting: 'waits for an agent',
  agent: 'with an agent',
  ended: 'ended',
};

export function phaseInWords(phase: string): string {
  return phases[phase] ?? phase;
}

export class ConversationList {
  readonly #list: HTMLElement;
  readonly #none: HTMLElement;
  readonly #choose: (id: string) => void;
  #sign = '';

  constructor(list: HTMLElement, none: HTMLElement, choose: (id: string) => void) {
    this.#list = list;
    this.#none = none;
    this.#choose = choose;
  }

  show(conversations: readonly Summary[], chosen: string | undefined): void {
    const sign = JSON.stringify([
      chosen,
      conversations.map(({ id, phase, customer, count }) => [id, phase, customer, count]),
    ]);
    if (sign === this.#sign) return;
    this.#sign = sign;
    this.#none.hidden = conversations.length > 0;
    keepingFocus(this.#list, () => {
      this.#list.replaceChildren(
        ...[...conversations].reverse().map((one) => this.#entry(one, one.id === chosen)),
      );
    });
  }

  #entry({ id, customer, channel, phase, count }: Summary, isChosen: boolean): HTMLElement {
    const button = make(
      'button',
      { type: 'button', 'data-key': id, class: `phase-${phase}`, 'aria-current': isChosen ? 'true' : false },
      make('b', { dir: 'auto' }, customer),
      make('span', {}, `${channel} · ${phaseInWords(phase)} · ${count}`),
    );
    button.addEventListener('click', () => this.#choose(id));
    return make('li', {}, button);
  }
}
