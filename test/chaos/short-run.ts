import { expect } from '@jest/globals';
import type { Verdict } from './judge.js';
import { isWell, report } from './report.js';
import { runChaos } from './run.js';
import { chaosDefaults, faultNames, type ChaosSettings } from './settings.js';

/** Another seed each time would find more, but a test must fail for who changed something; `npm run chaos` explores. */
const seed = Number(process.env['CHAOS_SEED'] ?? 20_261);

/** Every family of faults at once: each strikes, and nothing is lost, doubled without cause or out of order. */
export async function expectToHold({ deduplicate }: { readonly deduplicate: boolean }): Promise<void> {
  const verdict = await runToTheEnd({ ...chaosDefaults, seed, deduplicate });
  process.stdout.write(report(verdict));
  const idle = faultNames.filter((name) => !((verdict.figures.faults[name] ?? 0) > 0));
  expect({ idle }).toEqual({ idle: [] });
  expect(verdict.broken).toEqual({
    lost: [],
    disorder: [],
    unexplainedRepeats: [],
    stuck: [],
    deadLetters: [],
    refused: [],
    crashes: [],
    badExits: [],
  });
  expect(isWell(verdict)).toBe(true);
}

/** Several times as long as a run takes, and before Jest gives up. */
const longestMs = 240_000;

/** A run that does not come to its end has no verdict: how far it came is told instead. */
async function runToTheEnd(settings: ChaosSettings): Promise<Verdict> {
  const told: string[] = [];
  const late = setTimeout(() => {
    process.stdout.write(`chaos does not end:\n${told.slice(-3).join('\n')}\n`);
  }, longestMs);
  try {
    return await runChaos(settings, { tell: (line) => void told.push(line) });
  } finally {
    clearTimeout(late);
  }
}
