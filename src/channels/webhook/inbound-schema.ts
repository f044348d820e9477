/** The JSON a channel posts (6.1). Unknown fields are left out, `null` counts as absent. */
import { z } from 'zod';
import { inboundTypes } from '../../messages/model.js';
import { cleanFileName, cleanText } from '../../messages/clean-text.js';

const hasControl = /\p{Cc}/u;

/** One line of 1 to `max` UTF-16 units without control characters: ids, names, addresses. */
function line(max: number): z.ZodType<string> {
  const error = `a text of 1 to ${max} characters without control characters`;
  return z
    .string({ error })
    .refine((value) => value.length >= 1 && value.length <= max && !hasControl.test(value), { error })
    .transform(cleanText);
}

const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);

const list = <T>(item: z.ZodType<T>, max: number) => {
  const error = `a list of at most ${max}`;
  return z.array(item, { error }).max(max, { error });
};

/** Systems write `pt_BR`, `pt-br` and `pt-BR` for the same language. */
function canonicalLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

const languageExpected = 'a language tag such as pt-BR';
const language = z.string({ error: languageExpected }).transform((tag, context) => {
  const canonical = tag.length <= 35 ? canonicalLanguage(tag) : undefined;
  if (canonical !== undefined) return canonical;
  context.issues.push({ code: 'custom', input: undefined, message: languageExpected });
  return z.NEVER;
});

const webAddressExpected = 'an http or https address of at most 8192 characters';
const webAddress = z.string({ error: webAddressExpected }).refine(
  (value) => {
    if (value.length > 8192 || !URL.canParse(value)) return false;
    return ['http:', 'https:'].includes(new URL(value).protocol);
  },
  { error: webAddressExpected },
);

const textsByName = z
  .record(z.string(), z.string().max(4096).transform(cleanText), { error: 'texts by name' })
  .refine((value) => Object.keys(value).length <= 50, { error: 'at most 50 entries' });

const customer = z.object(
  {
    id: line(255),
    name: optional(line(255)),
    email: optional(line(255)),
    phone: optional(line(64)),
    language: optional(language),
    timeZone: optional(line(64)),
    verified: optional(list(z.enum(['email', 'phone'], { error: '"email" or "phone"' }), 2)),
    attributes: optional(textsByName),
  },
  { error: 'an object with an id' },
);

const attachment = z
  .object(
    {
      name: z
        .string({ error: 'a file name of 1 to 255 characters' })
        .min(1, { error: 'a file name of 1 to 255 characters' })
        .max(255, { error: 'a file name of 1 to 255 characters' })
        .transform(cleanFileName),
      contentType: optional(line(255)),
      size: optional(z.int({ error: 'a number of bytes' }).min(0, { error: 'a number of bytes' })),
      url: optional(webAddress),
      assetId: optional(line(255)),
    },
    { error: 'an object with a name and a url or an assetId' },
  )
  .refine((file) => file.url !== undefined || file.assetId !== undefined, { error: 'a url or an assetId' });

const choice = z.object({ id: line(1024), title: optional(line(1024)) }, { error: 'an object with an id' });

/** `type` alone, looked at first: a type nobody knows is no error. */
export const typeSchema = z.object(
  {
    type: z.string({ error: 'one of the documented types' }).min(1, { error: 'one of the documented types' }),
  },
  { error: 'a JSON object' },
);

export const inboundSchema = z.object({
  id: line(255),
  type: z.enum(inboundTypes),
  customer,
  text: optional(z.string({ error: 'a text' }).transform(cleanText)),
  attachments: optional(list(attachment, 10)),
  choices: optional(list(choice, 50)),
  replyTo: optional(line(255)),
  mode: optional(z.enum(['soft', 'permanent'], { error: '"soft" or "permanent"' })),
  result: optional(textsByName),
  error: optional(
    z.object({ code: line(255), message: optional(line(1024)) }, { error: 'an object with a code' }),
  ),
  sentAt: optional(
    z.iso
      .datetime({ offset: true, error: 'an ISO 8601 date and time with a zone' })
      .transform((value) => new Date(value).toISOString()),
  ),
});

export type InboundBody = z.infer<typeof inboundSchema>;
