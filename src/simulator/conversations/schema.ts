/** Shape of `POST /conversations/messages` (contract 10.2). Open objects; what is required is what a start or a type needs. */
import { z } from 'zod';
import { attribute } from '../resources/parts.js';
import { messageTypes } from './message-types.js';

export const contentSchema = z.looseObject({
  text: z.string().optional(),
  html: z.string().optional(),
  json: z.unknown().optional(),
  redact: z.boolean().optional(),
});

export const customerSchema = z.looseObject({
  name: z.string().optional(),
  type: z.string().optional(),
  attributes: z.array(attribute).optional(),
  contacts: z
    .looseObject({
      contact: z
        .array(z.looseObject({ type: z.string(), subType: z.string().optional(), address: z.string() }))
        .optional(),
    })
    .optional(),
});

export const attachmentSchema = z.looseObject({
  id: z.string().optional(),
  name: z.string().optional(),
  contentType: z.string().optional(),
  /** A public program sends it as text [wild: DM bridge]. */
  size: z.union([z.int().min(0), z.string().regex(/^\d+$/)]).optional(),
  url: z.url().optional(),
});

export const requestConversationSchema = z.looseObject({
  id: z.string().optional(),
  account: z.looseObject({ address: z.string(), channel: z.looseObject({ type: z.string() }) }).optional(),
  entryPoint: z.looseObject({ id: z.string().optional() }).optional(),
  lookupContact: z.string().optional(),
  conversationContact: z.string().optional(),
  clientInfo: z
    .looseObject({
      timeOffset: z.int().optional(),
      referrerName: z.string().optional(),
      referrerUrl: z.string().optional(),
    })
    .optional(),
  customer: customerSchema.optional(),
});

export const senderTypes = ['customer', 'egain_agent', 'custom_agent', 'egain_bot', 'custom_bot'] as const;

export const requestMessageSchema = z.looseObject({
  messageId: z.string().min(1).max(255).optional(),
  type: z.looseObject({ value: z.enum(messageTypes) }),
  content: contentSchema.optional(),
  sender: z.looseObject({
    type: z.enum(senderTypes),
    participant: z.looseObject({ name: z.string().optional() }).optional(),
  }),
  conversation: requestConversationSchema,
  attributes: z
    .looseObject({
      attribute: z
        .array(z.looseObject({ name: z.string(), value: z.string(), external: z.boolean().optional() }))
        .optional(),
    })
    .optional(),
  attachments: z.looseObject({ attachment: z.array(attachmentSchema).min(1) }).optional(),
  parent: z.looseObject({ messageId: z.string() }).optional(),
});

export const sendMessageSchema = z.looseObject({
  metadata: z.looseObject({ attributes: z.array(attribute).optional() }).optional(),
  messages: z.looseObject({ message: z.array(requestMessageSchema).min(1) }),
});

export type Content = z.output<typeof contentSchema>;
export type CustomerData = z.output<typeof customerSchema>;
export type AttachmentData = z.output<typeof attachmentSchema>;
export type RequestMessage = z.output<typeof requestMessageSchema>;
