/** Bots behind a client application (contract 6). */
import { z } from 'zod';
import type { ResourceKind } from './kind.js';
import { active, attribute, description, idRef, modified, name } from './parts.js';

export const participantSchema = z.looseObject({
  name,
  type: z.enum(['custom_bot', 'egain_bot']),
  description,
  active,
  modified,
  application: idRef,
  intents: z
    .looseObject({ intent: z.array(z.looseObject({ value: z.string(), displayValue: z.string() })) })
    .optional(),
  options: z.array(attribute).min(1).max(25).optional(),
});

export type Participant = z.output<typeof participantSchema>;

export const participantKind: ResourceKind<Participant> = {
  kind: 'participants',
  listName: 'participant',
  singular: 'Participant',
  many: 'Participant',
  schema: participantSchema,
  unique: ({ name }) => [{ attribute: 'name', value: name }],
  references: (body) => [
    {
      attribute: 'application.id',
      to: 'clientapplications',
      id: body.application.id,
      roles: ['custom_bot', 'egain_bot'],
    },
  ],
};
