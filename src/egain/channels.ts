import * as z from 'zod';
import type { EgainTransport } from './http.js';
import type { PagingOptions } from './paging.js';
import { createResource, type Resource } from './resource.js';
import {
  anyText,
  common,
  flag,
  listOf,
  oneOf,
  open,
  seenFlag,
  seenList,
  seenNameValue,
  seenNumber,
  seenObject,
  seenText,
  stamp,
  text,
  wholeFrom,
} from './wire-fields.js';

/** Words seen: `typing_events`, `attachments`, `richText`, and `listpicker`, `quickreply`, `timepicker`, `richlink` [seed]. */
const words = z.array(text(1, 255), { error: 'a list of words' });
const attachmentPolicy = open({
  enabled: flag.optional(),
  /** Bytes [assumed]; the unit is not stated [seed]. */
  maxSize: wholeFrom(1).optional(),
  type: oneOf('allow', 'block').optional(),
  extensions: words.optional(),
});
const inbound = {
  maxTextLength: wholeFrom(1).optional(),
  features: words.optional(),
  attachmentPolicy: attachmentPolicy.optional(),
};

/** `<base64>` is what eGain's own samples have there; a public program sends it [seed], [wild: DM bridge]. */
const image = /^(<base64>|[A-Za-z0-9+/\s]+(?:={1,2}\s*)?)$/;

const { description, active, modified } = common;
const channelBody = open({
  type: text(1, 255),
  displayName: text(1, 255),
  icon: text(1, 512_000).regex(image, { error: 'an image in base64' }),
  description,
  active,
  modified,
  restrictions: open({
    inbound: open(inbound).optional(),
    outbound: open({
      ...inbound,
      systemMessages: flag.optional(),
      midChatAuth: flag.optional(),
      richMessageTypes: words.optional(),
    }).optional(),
  }).optional(),
  l10nProperties: listOf(
    open({
      language: text(1, 255),
      properties: z.array(open({ name: text(1, 255), value: anyText }), { error: 'a list of properties' }),
    }),
    1,
    25,
  ).optional(),
});

const seenInbound = {
  maxTextLength: seenNumber,
  features: seenList(z.string()),
  attachmentPolicy: seenObject({
    enabled: seenFlag,
    maxSize: seenNumber,
    type: seenText,
    extensions: seenList(z.string()),
  }),
};
const channelRecord = z.looseObject({
  ...stamp,
  type: seenText,
  displayName: seenText,
  icon: seenText,
  description: seenText,
  active: seenFlag,
  restrictions: seenObject({
    inbound: seenObject(seenInbound),
    outbound: seenObject({
      ...seenInbound,
      systemMessages: seenFlag,
      midChatAuth: seenFlag,
      richMessageTypes: seenList(z.string()),
    }),
  }),
  l10nProperties: seenList(z.looseObject({ language: seenText, properties: seenList(seenNameValue) })),
});

export type ChannelBody = z.infer<typeof channelBody>;
export type ChannelRecord = z.infer<typeof channelRecord>;

/** Custom channels and their limits [seed]. */
export function channels(
  transport: EgainTransport,
  paging: PagingOptions,
): Resource<ChannelBody, ChannelRecord> {
  return createResource(
    transport,
    {
      path: '/channels',
      singular: 'Channel',
      plural: 'Channels',
      listKey: 'channel',
      body: channelBody,
      item: channelRecord,
    },
    paging,
  );
}
