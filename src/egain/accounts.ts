import * as z from 'zod';
import type { EgainTransport } from './http.js';
import type { PagingOptions } from './paging.js';
import { createResource, type Resource } from './resource.js';
import {
  amount,
  common,
  flag,
  listOf,
  nameValue,
  oneOf,
  open,
  reference,
  seenCommon,
  seenFlag,
  seenNumber,
  seenObject,
  seenReference,
  seenText,
  text,
} from './wire-fields.js';

const accountBody = open({
  ...common,
  /** Phone number, mail address, page id … [doc: operation/createAccount]. */
  address: text(1, 255),
  channel: reference,
  caseManagement: open({
    /** Unit not stated [doc: getaccount.md]. */
    sameCaseDuration: amount.optional(),
    copyCustomAttributes: flag.optional(),
  }).optional(),
  chatConfigurations: open({
    /** Minutes of silence after which a new conversation is needed [wild: MindCloud]. */
    timeout: amount.optional(),
    defaultLanguage: text(1, 255).optional(),
    onAgentUnavailability: oneOf('off_hours', 'retain_and_retry').optional(),
    allowLogoutWithOpenChats: flag.optional(),
    allowQueueTransferOnAgentUnavailability: flag.optional(),
    orchestration: reference.optional(),
    /** A short number as text, unlike all other ids [doc: operation/createAccount sample]. */
    entryPoint: open({ id: text(1, 255) }).optional(),
  }),
  /** The name of this list is assumed, its length is documented [doc: operation/createAccount]. */
  options: listOf(nameValue, 1, 10).optional(),
});

/** `options` is left out: its name is only assumed, so nothing is demanded of a field that has it. */
const accountRecord = z.looseObject({
  ...seenCommon,
  address: seenText,
  channel: seenReference,
  caseManagement: seenObject({ sameCaseDuration: seenNumber, copyCustomAttributes: seenFlag }),
  chatConfigurations: seenObject({
    timeout: seenNumber,
    defaultLanguage: seenText,
    onAgentUnavailability: seenText,
    allowLogoutWithOpenChats: seenFlag,
    allowQueueTransferOnAgentUnavailability: seenFlag,
    orchestration: seenReference,
    entryPoint: seenReference,
  }),
});

export type AccountBody = z.infer<typeof accountBody>;
export type AccountRecord = z.infer<typeof accountRecord>;

/** A business address on a channel. */
export function accounts(
  transport: EgainTransport,
  paging: PagingOptions,
): Resource<AccountBody, AccountRecord> {
  return createResource(
    transport,
    {
      path: '/accounts',
      singular: 'Account',
      plural: 'Accounts',
      listKey: 'account',
      body: accountBody,
      item: accountRecord,
    },
    paging,
  );
}
