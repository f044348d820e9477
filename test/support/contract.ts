/**
 * Loaded before every test file that may speak HTTP: each answer of a simulator and each request of the client, in this
 * process or in one that a test started, is held against `src/egain/openapi.yaml`. A mismatch fails the test it
 * happened in.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from '@jest/globals';
import { exchangeChannel } from '../../src/simulator/http/observed.js';
import type { Observation } from './contract-check.js';

/** Where undici, ours and Node's own, announces each request it makes. */
const requestChannel = 'undici:request:create';

const waiting: Observation[] = [];
const onExchange = (exchange: unknown): void => void waiting.push({ by: 'simulator', exchange });
const onRequest = (message: unknown): void => void waiting.push({ by: 'client', message });

/** Where processes that a test starts write down theirs. */
const childFile = join(tmpdir(), `exchanges-${process.pid}.jsonl`);
process.env['EGAIN_BRIDGE_TEST_EXCHANGES'] = childFile;

subscribe(exchangeChannel, onExchange);
subscribe(requestChannel, onRequest);

/** The validators are loaded only where there is something to validate. */
async function check(): Promise<void> {
  const seen = [...waiting.splice(0), ...fromChildren()];
  if (seen.length === 0) return;
  const { mismatchesOf } = await import('./contract-check.js');
  const mismatches = mismatchesOf(seen);
  if (mismatches.length > 0) throw new Error(`Not as src/egain/openapi.yaml says:\n${mismatches.join('\n')}`);
}

function fromChildren(): Observation[] {
  if (!existsSync(childFile)) return [];
  const taken = `${childFile}.taken`;
  renameSync(childFile, taken);
  // A process that is killed while it writes leaves half a line.
  const lines = readFileSync(taken, 'utf8').split('\n').slice(0, -1);
  rmSync(taken);
  return lines.map((line) => ({ by: 'child', line }));
}

afterEach(check);

afterAll(async () => {
  unsubscribe(exchangeChannel, onExchange);
  unsubscribe(requestChannel, onRequest);
  await check();
});
