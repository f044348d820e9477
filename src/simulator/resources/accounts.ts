/** Business addresses on channels (contract 9). */
import { z } from 'zod';
import type { ResourceKind } from './kind.js';
import { active, attribute, description, idRef, modified, name } from './parts.js';

export const accountSchema = z.looseObject({
  name,
  description,
  active,
  modified,
  address: name,
  channel: idRef,
  caseManagement: z
    .looseObject({
      sameCaseDuration: z.number().min(0).optional(),
      copyCustomAttributes: z.boolean().optional(),
    })
    .optional(),
  chatConfigurations: z.looseObject({
    /** Minutes of silence after which a new conversation is needed. */
    timeout: z.number().min(0).optional(),
    defaultLanguage: z.string().optional(),
    onAgentUnavailability: z.enum(['off_hours', 'retain_and_retry']).optional(),
    allowLogoutWithOpenChats: z.boolean().optional(),
    allowQueueTransferOnAgentUnavailability: z.boolean().optional(),
    orchestration: idRef.optional(),
    entryPoint: z.looseObject({ id: z.string().min(1) }).optional(),
  }),
  options: z.array(attribute).min(1).max(10).optional(),
});

export type Account = z.output<typeof accountSchema>;

export const accountKind: ResourceKind<Account> = {
  kind: 'accounts',
  listName: 'account',
  singular: 'Account',
  many: 'Accounts',
  schema: accountSchema,
  /** The pair of channel and address is unique by switch only: eGain's own sample list repeats an address. */
  unique: ({ name, address, channel }, { uniqueAddress }) => [
    { attribute: 'name', value: name },
    ...(uniqueAddress ? [{ attribute: 'address', value: `${channel.id} ${address}` }] : []),
  ],
  references: (body) => [
    { attribute: 'channel.id', to: 'channels', id: body.channel.id },
    ...(body.chatConfigurations.orchestration === undefined
      ? []
      : [
          {
            attribute: 'chatConfigurations.orchestration.id',
            to: 'orchestrations' as const,
            id: body.chatConfigurations.orchestration.id,
          },
        ]),
  ],
};
