import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { refusals } from '../../../webhooks/reply.js';

const page = readFileSync('docs/security.md', 'utf8');
const rows = (page.split('## Threats')[1]?.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the statuses', () => {
  test('are all of them, with their codes', () => {
    for (const [code, status] of Object.entries(refusals)) expect(page).toContain(`${status} \`${code}\``);
  });
});

describe('the table of threats', () => {
  test('names for each a test that is there', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const [, threat = '', measure = '', tests = ''] of rows) {
      const files = [...tests.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
      expect([threat, measure === '', files.length > 0]).toEqual([threat, false, true]);
      for (const file of files) expect([threat, file, existsSync(file)]).toEqual([threat, file, true]);
    }
  });

  test('speaks of settings that exist', () => {
    const reference = readFileSync('docs/configuration.md', 'utf8');
    for (const [, setting = ''] of page.matchAll(/`(?:server|delivery|management|redis|retention)\.(\w+)`/g))
      expect([setting, reference.includes(`\`${setting}`)]).toEqual([setting, true]);
  });
});
