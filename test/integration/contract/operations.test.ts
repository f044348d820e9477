import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { loadEgainAccess } from '../../../config/load.js';
import { connectToEgain } from '../../../src/cli/api/connect.js';
import { described } from '../../support/api-description.js';
import { startDesk, type Desk } from '../api/desk.js';
import { coverageTable, createCoverage, unpadded } from './coverage.js';
import { account, botsApplication } from './objects.js';
import { clientTour, commandTour, provisioningTour } from './tours.js';

const page = new URL('../../../docs/conversation-manager.md', import.meta.url);
const part = /(<!-- operations: .*-->\n)([\s\S]*?)(\n<!-- end of operations -->)/;

let desk: Desk;
const coverage = createCoverage();

beforeAll(async () => {
  desk = await startDesk({ setup: { accounts: [account] } });
  const loaded = loadEgainAccess({ env: desk.env });
  if (!loaded.ok) throw new Error('the desk’s settings are not enough');
  const { client, close } = connectToEgain(loaded);
  await coverage.through('client', (step) => clientTour(client, step));
  await close();
  await coverage.through('command', (step) => commandTour(desk, step));
  // A bot needs somewhere to live before it can be declared.
  await desk.json(['api', 'client-applications', 'create', '--file', '-'], JSON.stringify(botsApplication));
  await coverage.through('provisioning', (step) => provisioningTour(desk, step));
});
afterAll(() => desk.close());

test('there are 35 operations, no more and no less', () => {
  expect(described).toHaveLength(35);
});

test.each(described.map(({ operationId }) => operationId))(
  '%s can be had from the library, from the command line and from the simulator',
  (operation) => {
    expect(coverage.by(operation, 'client')).not.toEqual([]);
    expect(coverage.by(operation, 'command')).not.toEqual([]);
    expect(coverage.statuses(operation)).toHaveLength(1);
  },
);

test('the documentation’s table is what was seen (UPDATE_DOCS=1 writes it anew)', async () => {
  const table = coverageTable(coverage);
  if (process.env['UPDATE_DOCS'] === '1') {
    const text = readFileSync(page, 'utf8').replace(part, (_all, start: string, _old, end: string) =>
      [start, '\n', table, '\n', end].join(''),
    );
    writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
  }
  expect(unpadded(part.exec(readFileSync(page, 'utf8'))?.[2] ?? '')).toBe(unpadded(table));
});
