/** How the hub authenticates at a registered callback (contract 4). */
import { z } from 'zod';
import { active, attribute, description, modified, name } from './parts.js';
import type { ResourceKind } from './kind.js';

const common = { name, description, active, modified };

const recipe = z.looseObject({
  tokenRequestUrl: z.url(),
  method: z.string().min(1),
  headers: z.array(attribute).optional(),
  /** Body of the token request, as text. */
  payload: z.string(),
  /** JSONPath into the token response. */
  accessTokenPath: z.string().min(1),
});

const basicAuth = z.looseObject({ username: z.string().min(1), password: z.string().min(1) });

export const authenticationSchema = z.discriminatedUnion('type', [
  z.looseObject({ ...common, type: z.literal('oauth2'), oauth2: recipe }),
  z.looseObject({ ...common, type: z.literal('basic'), basicAuth }),
]);

export type Authentication = z.output<typeof authenticationSchema>;
export type AuthenticationInput = z.input<typeof authenticationSchema>;

const mask = '********';

export const authenticationKind: ResourceKind<Authentication> = {
  kind: 'authentications',
  listName: 'authentication',
  singular: 'Authentication',
  many: 'Authentication',
  schema: authenticationSchema,
  unique: ({ name }) => [{ attribute: 'name', value: name }],
  references: () => [],
  readNeedsManage: true,
  masked: (body) =>
    body.type === 'basic'
      ? { ...body, basicAuth: { ...body.basicAuth, password: mask } }
      : { ...body, oauth2: { ...body.oauth2, payload: mask } },
};
