/** Who may use the operators' pages and their API, and what for. */
import * as z from 'zod';
import { evenIfIncomplete, isRecord, secretList, text } from './fields.js';

const permissions = z
  .array(z.enum(['change', 'texts']))
  .max(2)
  .default([])
  .describe(
    'Beyond looking: `change` (retry, discard, pause, …) and `texts` (read what customers and agents wrote).',
  );

const user = z.strictObject({
  username: text(64).describe('User name; what this user does is recorded under it.'),
  passwords: secretList().describe('Accepted passwords; two while one is being replaced.'),
  permissions,
});

const token = z.strictObject({
  name: text(64).describe('Name of the program; what it does is recorded under it.'),
  tokens: secretList().describe(
    'Accepted bearer tokens (`Authorization: Bearer …`); two while one is being replaced.',
  ),
  permissions,
});

const someone = 'at least one entry in users or tokens';

export const managementSchema = z
  .strictObject({
    allowedHosts: z
      .array(
        z
          .string()
          .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i, {
            error: 'a host name, without scheme and port',
          })
          .toLowerCase(),
      )
      .max(20)
      .default([])
      .describe(
        'Host names the operators’ pages may be asked by, besides addresses and localhost: any other is a page of somebody else’s that was made to point here.',
      ),
    auth: z
      .strictObject({
        users: z.array(user).max(100).default([]).describe('People, with a password each.'),
        tokens: z.array(token).max(100).default([]).describe('Programs, with a bearer token each.'),
      })
      .refine(({ users, tokens }) => users.length + tokens.length > 0, { error: someone })
      .refine(isEveryNameOnce, {
        error: 'each name once over users and tokens: it tells who did something',
        ...evenIfIncomplete,
      })
      .optional()
      .describe('Without it only /livez, /readyz and /metrics answer on the management port.'),
  })
  .prefault({})
  .describe('The management port’s own settings.');

function isEveryNameOnce(auth: unknown): boolean {
  const names = isRecord(auth) ? [...namesIn(auth['users']), ...namesIn(auth['tokens'])] : [];
  return new Set(names).size === names.length;
}

function namesIn(list: unknown): unknown[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) =>
    isRecord(entry) ? [entry['username'] ?? entry['name']].filter((name) => name !== undefined) : [],
  );
}
