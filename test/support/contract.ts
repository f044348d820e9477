/**
 * Loaded before every test file that may speak HTTP: each answer of a simulator in this process and each request of the
 * client, whatever process it came from, is held against `src/egain/openapi.yaml`. A mismatch fails the test it
 * happened in.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach } from '@jest/globals';
import { exchangeChannel } from '../../src/simulator/http/observed.js';
import type { Observation } from './contract-check.js';

/** Where undici, ours and Node's own, announces each request it makes. */
const requestChannel = 'undici:request:create';

const waiting: Observation[] = [];
const onExchange = (exchange: unknown): void => void waiting.push({ by: 'simulator', exchange });
const onRequest = (message: unknown): void => void waiting.push({ by: 'client', message });

subscribe(exchangeChannel, onExchange);
subscribe(requestChannel, onRequest);

/** The validators are loaded only where there is something to validate. */
async function check(): Promise<void> {
  const seen = waiting.splice(0);
  if (seen.length === 0) return;
  const { mismatchesOf } = await import('./contract-check.js');
  const mismatches = mismatchesOf(seen);
  if (mismatches.length > 0) throw new Error(`Not as src/egain/openapi.yaml says:\n${mismatches.join('\n')}`);
}

afterEach(check);

afterAll(async () => {
  unsubscribe(exchangeChannel, onExchange);
  unsubscribe(requestChannel, onRequest);
  await check();
});
