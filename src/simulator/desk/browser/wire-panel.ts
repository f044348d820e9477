/** The raw callback requests of the chosen conversation, with what the bridge answered. */
import { call } from './control.js';
import { byId, clock, make } from './dom.js';
import { fields, list, readExchange, type Exchange } from './wire.js';

const most = 30;

export class WirePanel {
  readonly #list = byId('wire-list', HTMLOListElement);
  readonly #panel = byId('wire', HTMLDetailsElement);
  #shown = '';

  /** Costs nothing while the panel is closed. */
  async refresh(conversation: string | undefined): Promise<void> {
    if (!this.#panel.open) return;
    const query = new URLSearchParams({
      limit: String(most),
      ...(conversation === undefined ? {} : { conversation }),
    });
    const exchanges = list(fields(await call('GET', `callbacks/wire?${query.toString()}`))['requests']).map(
      readExchange,
    );
    const sign = exchanges.map(({ number }) => number).join();
    if (sign === this.#shown) return;
    this.#shown = sign;
    const open = new Set(
      [...this.#list.querySelectorAll<HTMLDetailsElement>('details[open]')].map(
        (one) => one.dataset['number'],
      ),
    );
    this.#list.replaceChildren(...exchanges.map((one) => draw(one, open.has(one.number))));
  }

  onOpen(refresh: () => void): void {
    this.#panel.addEventListener('toggle', refresh);
  }
}

function draw(exchange: Exchange, open: boolean): HTMLElement {
  const { number, at, title, good, request, answer } = exchange;
  return make(
    'li',
    { class: good ? 'good' : 'bad' },
    make(
      'details',
      { 'data-number': number, open },
      make('summary', {}, clock(at), ` ${title}`),
      make('pre', { tabindex: '0', 'aria-label': 'Request' }, request),
      make('pre', { tabindex: '0', 'aria-label': 'Answer' }, answer),
    ),
  );
}
