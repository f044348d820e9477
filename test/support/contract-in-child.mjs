/**
 * Loaded into every process that a test starts: a simulator in there writes down its exchanges, one JSON line each, for
 * `contract.ts` to look at. Written at once, because such processes are killed a lot.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { env } from 'node:process';

const file = env.EGAIN_BRIDGE_TEST_EXCHANGES;

if (file !== undefined) {
  subscribe('egain-channel-bridge:simulator:exchange', ({ raw, answer, ...exchange }) => {
    const bytes = answer?.bytes === undefined ? {} : { bytes: true };
    const told = { ...exchange, raw: raw.toString('base64') };
    if (answer !== undefined) told.answer = { ...answer, ...bytes };
    appendFileSync(file, `${JSON.stringify(told)}\n`);
  });
}
