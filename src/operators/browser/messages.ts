/** The operators' page: overview, search, dead letters. All of it comes from the API of the same port. */
import { ask, sentence } from './api.js';
import { startDeadLetters } from './dead-letters-view.js';
import { byId, make } from './dom.js';
import { startOverview } from './overview-view.js';
import { startSearch } from './search-view.js';
import type { Channels, Me } from './wire.js';

void start();

async function start(): Promise<void> {
  try {
    const [me, { channels }] = await Promise.all([ask<Me>('me'), ask<Channels>('channels')]);
    byId('who', HTMLElement).textContent = me.name;
    for (const select of [
      byId('search-channel', HTMLSelectElement),
      byId('filter-channel', HTMLSelectElement),
    ])
      select.append(...channels.map(({ channel }) => make('option', { value: channel }, channel)));
    startSearch();
    const letters = startDeadLetters(me);
    startOverview(me.mayChange, () => letters.refresh());
  } catch (error) {
    byId('live', HTMLElement).textContent = sentence(error);
  }
}
