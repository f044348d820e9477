/** Where the hub delivers, by role (contract 5). */
import { z } from 'zod';
import type { ResourceKind } from './kind.js';
import { active, attribute, description, idRef, modified, name } from './parts.js';

export const roleSchema = z.looseObject({
  name: z.enum([
    'customer',
    'custom_bot',
    'egain_bot',
    'egain_agent',
    'custom_agent',
    'business_notification',
  ]),
  version: z.enum(['v1', 'v3']),
  callback: z.url(),
  notificationEmail: z.email(),
  headers: z.array(attribute).optional(),
  authentication: idRef.optional(),
});

export const clientApplicationSchema = z.looseObject({
  name,
  description,
  active,
  modified,
  roles: z.array(roleSchema).min(1).max(7),
});

export type Role = z.output<typeof roleSchema>;
export type ClientApplication = z.output<typeof clientApplicationSchema>;

export const clientApplicationKind: ResourceKind<ClientApplication> = {
  kind: 'clientapplications',
  listName: 'clientApplication',
  singular: 'ClientApplication',
  many: 'ClientApplication',
  schema: clientApplicationSchema,
  unique: ({ name }) => [{ attribute: 'name', value: name }],
  references: (body) =>
    body.roles.flatMap((role, index) =>
      role.authentication === undefined
        ? []
        : [
            {
              attribute: `roles[${index}].authentication.id`,
              to: 'authentications',
              id: role.authentication.id,
            },
          ],
    ),
  problem: (body) =>
    new Set(body.roles.map((role) => role.name)).size === body.roles.length
      ? undefined
      : { attribute: 'roles', why: 'role names must differ' },
};
