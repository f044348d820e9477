/** Custom channels and their limits (contract 7, all [seed]). */
import { z } from 'zod';
import type { ResourceKind } from './kind.js';
import { active, description, modified, name } from './parts.js';

const attachmentPolicy = z.looseObject({
  enabled: z.boolean().optional(),
  /** Bytes [assumed]. */
  maxSize: z.int().min(1).optional(),
  type: z.enum(['allow', 'block']).optional(),
  /** Without dot. */
  extensions: z.array(z.string()).optional(),
});

const bothWays = {
  maxTextLength: z.int().min(1).optional(),
  /** Empty or absent allows everything. */
  features: z.array(z.string()).optional(),
  attachmentPolicy: attachmentPolicy.optional(),
};

export const channelSchema = z.looseObject({
  type: name,
  displayName: name,
  icon: z.string().min(1).max(512_000),
  description,
  active,
  modified,
  restrictions: z
    .looseObject({
      inbound: z.looseObject(bothWays).optional(),
      outbound: z
        .looseObject({
          ...bothWays,
          systemMessages: z.boolean().optional(),
          midChatAuth: z.boolean().optional(),
          richMessageTypes: z.array(z.string()).optional(),
        })
        .optional(),
    })
    .optional(),
  l10nProperties: z
    .array(
      z.looseObject({
        language: z.string().optional(),
        properties: z
          .array(z.looseObject({ name: z.string().optional(), value: z.string().optional() }))
          .optional(),
      }),
    )
    .min(1)
    .max(25)
    .optional(),
});

export type Channel = z.output<typeof channelSchema>;

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const channelKind: ResourceKind<Channel> = {
  kind: 'channels',
  listName: 'channel',
  singular: 'Channel',
  many: 'Channels',
  schema: channelSchema,
  unique: ({ type }) => [{ attribute: 'type', value: type }],
  references: () => [],
  problem: (body, switches) =>
    switches.iconMustBeBase64 && !base64.test(body.icon)
      ? { attribute: 'icon', why: 'not base64' }
      : undefined,
};

/** A hub text in a language of the channel, else in its first one; undefined when the channel has none. */
export function hubText(channel: Channel, property: string, language?: string): string | undefined {
  const all = channel.l10nProperties ?? [];
  const wanted = all.find((entry) => entry.language === language);
  for (const entry of wanted === undefined ? all : [wanted, ...all]) {
    const value = entry.properties?.find((candidate) => candidate.name === property)?.value;
    if (value !== undefined) return value;
  }
  return undefined;
}
