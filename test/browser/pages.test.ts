import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { seriousFindings } from './support/accessibility.js';
import { openBrowser, openPage } from './support/browser.js';
import { startDemo, type Demo } from './support/demo.js';

let browser: Browser;
let demo: Demo;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

describe('without serious accessibility findings', () => {
  const pages: readonly (readonly [string, () => string])[] = [
    ['desk', () => demo.deskUrl],
  ];
  test.each(
    pages.flatMap(([name, url]) =>
      [false, true].map((dark) => [name, dark ? 'dark' : 'light', url] as const),
    ),
  )('the %s in %s', async (_name, scheme, url) => {
    const { page, context, complaints } = await openPage(browser, url(), { dark: scheme === 'dark' });
    await page.getByText('live').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await context.close();
    expect(complaints).toEqual([]);
  });
});
