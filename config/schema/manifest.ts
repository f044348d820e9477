/** What a channel can do, declared once: the body of eGain's Create Channel [seed], enforced by the bridge as well. */
import * as z from 'zod';
import { count, text } from './fields.js';

const attachmentPolicy = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether files are allowed in this direction.'),
    maxSize: count(1, Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('Largest file, in bytes. eGain takes at most 10485760 whatever is said here.'),
    type: z
      .enum(['allow', 'block'])
      .optional()
      .describe('Whether `extensions` lists what is allowed or what is not.'),
    extensions: z
      .array(z.string().regex(/^[^.\s][^\s]*$/, { error: 'a file extension without its dot, e.g. pdf' }))
      .optional()
      .describe('File extensions without the dot.'),
  })
  .refine(({ type, extensions }) => (type === undefined) === (extensions === undefined), {
    error: 'both type and extensions, or neither',
    path: ['type'],
  })
  .describe('Which files may pass.');

const direction = {
  maxTextLength: count(1, 10_000_000).optional().describe('Longest text, in characters.'),
  features: z
    .array(text())
    .optional()
    .describe('What is allowed: typing_events, attachments, richText. Absent or empty: everything.'),
  attachmentPolicy: attachmentPolicy.optional(),
};

const inbound = z.strictObject(direction).describe('From the customer.');

const outbound = z
  .strictObject({
    ...direction,
    systemMessages: z.boolean().optional().describe('Whether messages made by the hub reach the customer.'),
    midChatAuth: z
      .boolean()
      .optional()
      .describe('Whether the channel can authenticate a customer in mid-conversation.'),
    richMessageTypes: z
      .array(text())
      .optional()
      .describe('Rich messages the channel takes: listpicker, quickreply, timepicker, richlink, …'),
  })
  .describe('To the customer.');

const languageTag = z
  .string()
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, { error: 'a language tag such as en-US' });

const texts = z.strictObject({
  language: languageTag.describe('Language tag, e.g. en-US.'),
  properties: z
    .array(
      z.strictObject({
        name: text().describe('Name of the text, e.g. msg_hub_off_hours.'),
        value: z.string().min(1).describe('The text; {0} is filled in where the text has a placeholder.'),
      }),
    )
    .describe('The texts.'),
});

export const manifestSchema = z
  .strictObject({
    type: text().describe('Channel type in eGain, unique in the tenant; custom.… by convention.'),
    displayName: text().describe('Name agents see.'),
    icon: text(4096)
      .meta({ path: true })
      .optional()
      .describe('Path of a PNG, 32 x 32. Default: an icon that comes with the bridge.'),
    description: text(1023).optional().describe('Description.'),
    active: z.boolean().default(true).describe('Whether the channel is in use in eGain.'),
    restrictions: z
      .strictObject({ inbound: inbound.optional(), outbound: outbound.optional() })
      .optional()
      .describe('Limits in each direction, enforced by the bridge as well.'),
    l10nProperties: z
      .array(texts)
      .min(1)
      .max(25)
      .optional()
      .describe('Texts that customers and agents see, by language.'),
  })
  .describe('What the channel can do: the body of eGain’s Create Channel.');

export { languageTag };
