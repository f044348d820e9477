import { expect } from '@jest/globals';
import { isWell, report } from './report.js';
import { runChaos } from './run.js';
import { chaosDefaults, faultNames } from './settings.js';

/** Another seed each time would find more, but a test must fail for who changed something; `npm run chaos` explores. */
const seed = Number(process.env['CHAOS_SEED'] ?? 20_261);

/** Every family of faults at once: each strikes, and nothing is lost, doubled without cause or out of order. */
export async function expectToHold({ deduplicate }: { readonly deduplicate: boolean }): Promise<void> {
  const verdict = await runChaos({ ...chaosDefaults, seed, deduplicate });
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
