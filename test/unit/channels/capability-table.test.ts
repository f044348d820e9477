import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { formatProblems, loadConfig } from '../../../config/load.js';
import { configuredChannels } from '../../../src/bridge/channels.js';
import { capabilityTable, manifestTables } from '../../../src/channels/capability-table.js';
import { adapters } from '../../../src/channels/index.js';

const page = new URL('../../../docs/channels.md', import.meta.url);
const unpadded = (markdown: string): string =>
  markdown
    .replace(/ *\| */g, '|')
    .replace(/-{3,}/g, '---')
    .trim();

/** `UPDATE_DOCS=1` writes what is expected. */
function expectWritten(name: string, tables: string): void {
  const docs = readFileSync(page, 'utf8');
  const between = new RegExp(`(<!-- ${name}: .*-->\\n)([\\s\\S]*?)(\\n<!-- end of ${name} -->)`);
  if (process.env['UPDATE_DOCS'] === '1')
    writeFileSync(
      page,
      docs.replace(between, (_, start: string, _old, end: string) => `${start}\n${tables}\n${end}`),
    );
  else expect(unpadded(between.exec(docs)?.[2] ?? '')).toBe(unpadded(tables));
}

test('the documentation says of every channel kind what the code says', () => {
  const kinds = adapters.map((adapter) => ({
    kind: adapter.kind,
    // What is counted is a setting; the table shows its default.
    capabilities: adapter.capabilities({ textUnit: 'utf16' }),
  }));
  expectWritten('capabilities', capabilityTable(kinds));
});

test('and of the channels in the example configuration what their manifests leave, as it is enforced', () => {
  const loaded = loadConfig({
    file: fileURLToPath(new URL('../../../config/examples/bridge.yaml', import.meta.url)),
    env: {
      OPERATOR_PASSWORD: 'operator-0123456789',
      EGAIN_CLIENT_ID: 'bridge',
      EGAIN_CLIENT_SECRET: 'client-0123456789',
      EGAIN_CALLBACK_PASSWORD: 'callback-0123456789',
      SUPPORT_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      CHAT_SECRET: 'c'.repeat(40),
    },
    adapters,
  });
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  const declared = [...configuredChannels(loaded.config).values()].map(
    ({ name, adapter, settings, capabilities }) => ({
      name,
      kind: adapter.kind,
      capabilities: adapter.capabilities(settings()),
      effective: capabilities,
    }),
  );
  expectWritten('manifests', manifestTables(declared));
});
