import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { capabilityTable } from '../../../src/channels/capability-table.js';
import { adapters } from '../../../src/channels/index.js';

test('the documentation says of every channel kind what the code says', () => {
  const docs = readFileSync(new URL('../../../docs/channels.md', import.meta.url), 'utf8');
  const written = /<!-- capabilities: .*-->\n([\s\S]*?)\n<!-- end of capabilities -->/
    .exec(docs)?.[1]
    ?.trim();
  const table = capabilityTable(
    adapters.map((adapter) => ({ kind: adapter.kind, capabilities: adapter.capabilities(undefined) })),
  );
  const unpadded = (markdown: string): string => markdown.replace(/ *\| */g, '|').replace(/-{3,}/g, '---');
  expect(unpadded(written ?? '')).toBe(unpadded(table));
});
