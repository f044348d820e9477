import * as z from 'zod';
import type { EgainTransport } from './http.js';
import type { PagingOptions } from './paging.js';
import { createResource, type Resource } from './resource.js';
import {
  anyText,
  common,
  listOf,
  nameValue,
  oneOf,
  open,
  reference,
  seenCommon,
  seenList,
  seenNameValue,
  seenObject,
  seenReference,
  seenText,
} from './wire-fields.js';

const participantBody = open({
  ...common,
  /** eGain makes `egain_bot` entries itself [doc: operation/createParticipant]. */
  type: oneOf('custom_bot', 'egain_bot'),
  /** The client application whose callback gets the bot's messages [doc: updateparticipant.md]. */
  application: reference,
  intents: open({
    intent: z.array(open({ value: anyText, displayValue: anyText }), { error: 'a list of intents' }),
  }).optional(),
  options: listOf(nameValue, 1, 25).optional(),
});

const participantRecord = z.looseObject({
  ...seenCommon,
  type: seenText,
  application: seenReference,
  intents: seenObject({ intent: seenList(z.looseObject({ value: seenText, displayValue: seenText })) }),
  options: seenList(seenNameValue),
});

export type ParticipantBody = z.infer<typeof participantBody>;
export type ParticipantRecord = z.infer<typeof participantRecord>;

/** Bots behind a client application. */
export function participants(
  transport: EgainTransport,
  paging: PagingOptions,
): Resource<ParticipantBody, ParticipantRecord> {
  return createResource(
    transport,
    {
      path: '/participants',
      singular: 'Participant',
      plural: 'Participant',
      listKey: 'participant',
      body: participantBody,
      item: participantRecord,
    },
    paging,
  );
}
