import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { lineEvents } from '../../../src/messages/events.js';
import { inboundTypes } from '../../../src/messages/model.js';
import { builtInTexts } from '../../../src/messages/texts.js';

const page = readFileSync('docs/message-types.md', 'utf8');
const contract = z
  .looseObject({
    'x-egain-message-types': z.array(
      z.object({ value: z.string(), customer: z.boolean(), agent: z.boolean(), bot: z.boolean() }),
    ),
  })
  .parse(parse(readFileSync('src/egain/openapi.yaml', 'utf8')))['x-egain-message-types'];

/** The rows of one of the page's tables, cells without their surrounding spaces. */
function rows(name: string): string[][] {
  const [, after = ''] = page.split(`<!-- types: ${name} -->`);
  const [table = ''] = after.split('<!-- end of types -->');
  const lines = table.trim().split('\n').slice(2);
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
const words = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '');
const firsts = (table: string[][]): string[] =>
  [...new Set(table.map(([cell]) => words(cell)[0] ?? ''))].sort();

test('the page lists exactly the 13 types a customer may send', () => {
  const may = contract.filter(({ customer }) => customer).map(({ value }) => value);
  expect(firsts(rows('from the customer'))).toEqual(may.sort());
});

test('the page lists exactly the 23 types a customer may receive', () => {
  const may = contract.filter(({ agent, bot }) => agent || bot).map(({ value }) => value);
  expect(firsts(rows('to the customer'))).toEqual(may.sort());
});

test('the page tells of every type a channel may send', () => {
  const told = rows('from the customer').map(([, cell]) => words(cell)[0]);
  expect([...new Set(told)].sort()).toEqual([...inboundTypes].sort());
});

test('the page names the line of every event that has one, and texts that exist', () => {
  const lines = rows('to the customer').filter(([, , cell]) => cell !== '');
  expect(firsts(lines)).toEqual([...lineEvents].sort());
  const names = lines.flatMap(([, , cell]) => words(cell)).filter((word) => /^(bridge|msg)_/.test(word));
  for (const name of names) expect(Object.keys(builtInTexts)).toContain(name);
});
