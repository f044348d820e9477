import * as z from 'zod';
import type { EgainTransport } from './http.js';
import type { PagingOptions } from './paging.js';
import { createResource, type Resource } from './resource.js';
import {
  address,
  common,
  listOf,
  nameValue,
  oneOf,
  open,
  reference,
  seenCommon,
  seenList,
  seenNameValue,
  seenReference,
  seenText,
} from './wire-fields.js';

const role = open({
  name: oneOf('customer', 'custom_bot', 'egain_bot', 'egain_agent', 'custom_agent', 'business_notification'),
  /** Version of the payload delivered to the callback [doc: createclientapplication.md]. */
  version: oneOf('v1', 'v3'),
  callback: address,
  notificationEmail: z.email({ error: 'an e-mail address' }),
  headers: listOf(nameValue, 0, 100).optional(),
  authentication: reference.optional(),
});

const clientApplicationBody = open({
  ...common,
  roles: listOf(role, 1, 7).refine((roles) => new Set(roles.map(({ name }) => name)).size === roles.length, {
    error: 'each role name only once',
  }),
});

const clientApplicationRecord = z.looseObject({
  ...seenCommon,
  roles: seenList(
    z.looseObject({
      name: seenText,
      version: seenText,
      callback: seenText,
      notificationEmail: seenText,
      headers: seenList(seenNameValue),
      authentication: seenReference,
    }),
  ),
});

export type ClientApplicationBody = z.infer<typeof clientApplicationBody>;
export type ClientApplicationRecord = z.infer<typeof clientApplicationRecord>;

/** Where eGain delivers messages, by role [doc: client-application page]. */
export function clientApplications(
  transport: EgainTransport,
  paging: PagingOptions,
): Resource<ClientApplicationBody, ClientApplicationRecord> {
  return createResource(
    transport,
    {
      path: '/clientapplications',
      singular: 'ClientApplication',
      plural: 'ClientApplication',
      listKey: 'clientApplication',
      body: clientApplicationBody,
      item: clientApplicationRecord,
    },
    paging,
  );
}
