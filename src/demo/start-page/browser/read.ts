/** What the page gets from its server, read into values that cannot be wrong. */
import type { Card } from '../card.js';
import type { Places } from '../places.js';

const states = new Set(['written', 'waiting', 'retrying', 'delivered', 'dead', 'ignored', 'forgotten']);

/** @param data of one event; undefined when it is no card */
export function readCard(data: unknown): Card | undefined {
  const parsed: unknown = typeof data === 'string' ? JSON.parse(data) : undefined;
  return isCard(parsed) ? parsed : undefined;
}

function isCard(value: unknown): value is Card {
  if (typeof value !== 'object' || value === null) return false;
  const card: Readonly<Record<string, unknown>> = { ...value };
  return (
    ['id', 'who', 'text', 'type'].every((name) => typeof card[name] === 'string') &&
    (card['direction'] === 'in' || card['direction'] === 'out') &&
    typeof card['state'] === 'string' &&
    states.has(card['state'])
  );
}

export function readPlaces(value: unknown): Places {
  const places: Readonly<Record<string, unknown>> = typeof value === 'object' ? { ...value } : {};
  const address = (name: string): string => {
    const text = places[name];
    return typeof text === 'string' ? text : 'about:blank';
  };
  return { chat: address('chat'), desk: address('desk'), management: address('management') };
}
