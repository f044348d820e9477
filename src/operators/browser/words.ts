/** Times, amounts and words as the page writes them. */
import { make } from './dom.js';
import type { Direction } from './wire.js';

const clock = new Intl.DateTimeFormat([], {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** As the reader's own clock shows it, with the exact one behind it. */
export function timeOf(iso: string): HTMLTimeElement {
  return make('time', { datetime: iso, title: iso }, clock.format(new Date(iso)));
}

export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 60) return `${Math.floor(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48
    ? `${Math.floor(hours)} h ${Math.floor(minutes % 60)} min`
    : `${Math.floor(hours / 24)} days`;
}

export function bytes(count: number): string {
  const megabytes = count / (1024 * 1024);
  return megabytes < 1024 ? `${megabytes.toFixed(1)} MiB` : `${(megabytes / 1024).toFixed(1)} GiB`;
}

export function wayOf(direction: Direction): string {
  return direction === 'in' ? 'to eGain' : 'to the customer';
}

export function counted(count: number, word: string): string {
  return `${count.toLocaleString()} ${word}${count === 1 ? '' : 's'}`;
}
