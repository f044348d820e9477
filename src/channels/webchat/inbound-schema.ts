/** The JSON a chat posts. Unknown fields are left out, `null` counts as absent. */
import { z } from 'zod';
import { cleanFileName, cleanText } from '../../messages/clean-text.js';

/** What a browser may say; anything else of a chat's type is an event from a newer page. */
export const chatTypes = [
  'text',
  'choice',
  'typing.start',
  'typing.end',
  'customer.active',
  'customer.inactive',
  'conversation.end',
] as const;

const idExpected = 'up to 64 letters, digits, dashes and underscores';
const chatId = z.string({ error: idExpected }).regex(/^[\w-]{1,64}$/, { error: idExpected });

/** Ids that eGain made: of messages and of options. */
const foreignExpected = 'a text of 1 to 1024 characters';
const foreignId = z
  .string({ error: foreignExpected })
  .min(1, { error: foreignExpected })
  .max(1024, { error: foreignExpected })
  .transform(cleanText);

const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);

const listExpected = (most: number): { error: string } => ({ error: `a list of at most ${most}` });

/** Only what this session has uploaded: a page must not make the bridge fetch anything. */
const attachment = z
  .object(
    {
      name: z
        .string({ error: 'a file name' })
        .min(1, { error: 'a file name' })
        .max(255, { error: 'a file name' }),
      assetId: z
        .string({ error: 'what the upload was answered with' })
        .regex(/^[\w-]{16,128}$/, { error: 'what the upload was answered with' }),
    },
    { error: 'an object with a name and an assetId' },
  )
  .transform(({ name, assetId }) => ({ name: cleanFileName(name), assetId }));

export const typeSchema = z.object(
  {
    type: z.string({ error: 'one of the documented types' }).min(1, { error: 'one of the documented types' }),
  },
  { error: 'a JSON object' },
);

export const chatSchema = z.object({
  id: chatId,
  type: z.enum(chatTypes),
  text: optional(z.string({ error: 'a text' }).transform(cleanText)),
  choices: optional(
    z
      .array(z.object({ id: foreignId, title: optional(foreignId) }, { error: 'an object with an id' }))
      .max(50, listExpected(50)),
  ),
  attachments: optional(z.array(attachment, { error: 'a list of at most 10' }).max(10, listExpected(10))),
  replyTo: optional(foreignId),
  sentAt: optional(
    z.iso
      .datetime({ offset: true, error: 'an ISO 8601 date and time with a zone' })
      .transform((value) => new Date(value).toISOString()),
  ),
});

export type ChatBody = z.infer<typeof chatSchema>;
