import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../support/spawn-process.js';

/** Makes a picture of the docs anew, where UPDATE_SCREENSHOTS=1 asks for it. */
export async function pictureForDocs(page: Page, name: string): Promise<void> {
  const folder = join(projectRoot, 'docs/images');
  const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  if (process.env['UPDATE_SCREENSHOTS'] !== '1') return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), picture);
}
