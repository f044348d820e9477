import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';
import { z } from 'zod';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const resultSchema = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullish(),
      help: z.string(),
      nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
});

/** What axe-core finds wrong and calls serious or critical, in sentences; of one document, without its frames. */
export async function seriousFindings(page: Page | Frame): Promise<readonly string[]> {
  // Evaluated by the debugger, which the page's own policy does not concern.
  await page.evaluate(await readFile(axeFile, 'utf8'));
  const found = resultSchema.parse(
    await page.evaluate("axe.run(document, { resultTypes: ['violations'], iframes: false })"),
  );
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => {
      const places = nodes.map(({ html, failureSummary = '' }) => `  ${html}\n  ${failureSummary}`);
      return `${id}: ${help}\n${places.join('\n')}`;
    });
}
