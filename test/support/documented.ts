import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './spawn-process.js';

/** What stands in the one code block of a page that contains these words: tests run what users read. */
export function documentedBlock(page: string, words: string): string {
  const text = readFileSync(join(projectRoot, page), 'utf8');
  const blocks = [...text.matchAll(/^```[a-z]*\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block.includes(words) ? [block] : [],
  );
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    throw new Error(`${page} has ${blocks.length} code blocks with "${words}" in them, not one`);
  return block;
}
