import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { maySend, messageTypes } from '../../../src/simulator/conversations/message-types.js';

const rowSchema = z.object({
  value: z.enum(messageTypes),
  customer: z.boolean(),
  agent: z.boolean(),
  bot: z.boolean(),
});
const table = z
  .looseObject({ 'x-egain-message-types': z.array(rowSchema) })
  .parse(parse(readFileSync('src/egain/openapi.yaml', 'utf8')))['x-egain-message-types'];

describe('who may send which type', () => {
  test('covers the types of the description and no others', () => {
    expect(table.map(({ value }) => value).sort()).toEqual([...messageTypes].sort());
  });

  test.each(table)(
    '$value: customer $customer, agent $agent, bot $bot',
    ({ value, customer, agent, bot }) => {
      expect(maySend('customer', value)).toBe(customer);
      for (const type of ['egain_agent', 'custom_agent']) expect(maySend(type, value)).toBe(agent);
      for (const type of ['egain_bot', 'custom_bot']) expect(maySend(type, value)).toBe(bot);
    },
  );
});
