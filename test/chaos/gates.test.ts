import { expect, test } from '@jest/globals';
import { deadEgain, refusedTokens } from './gate-scenarios.js';

test('I8: eGain answers 401 to everything: one renewal per 30 s over all processes, and nothing is lost', async () => {
  const figures = await refusedTokens({ lanes: 1000, forMs: 33_000 });
  process.stdout.write(`401 to everything: ${JSON.stringify(figures)}\n`);
  expect(figures.refusedCalls).toBeGreaterThan(0);
  expect(figures.renewals).toBeGreaterThan(0);
  expect(figures.renewals).toBeLessThanOrEqual(2);
  // Redis's clock and this one's, a request's way apart.
  expect(figures.shortestGapMs).toBeGreaterThan(29_000);
  expect(figures.lost).toBe(0);
});

test('I2b: eGain is dead: a probe at a time; back again, its lanes are let go without a stampede', async () => {
  const figures = await deadEgain({ lanes: 2000, deadMs: 15_000, answerMs: 200 });
  process.stdout.write(`dead eGain: ${JSON.stringify(figures)}\n`);
  expect(figures.probes).toBeGreaterThan(0);
  expect(figures.mostAtOnce).toBe(1);
  // However fast the machine is: two processes with a hundred places each.
  expect(figures.mostUnderWay).toBeLessThanOrEqual(200);
  expect(figures.lost).toBe(0);
});
