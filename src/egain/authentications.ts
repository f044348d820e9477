import * as z from 'zod';
import type { EgainTransport } from './http.js';
import type { PagingOptions } from './paging.js';
import { createResource, type Resource } from './resource.js';
import {
  anyText,
  common,
  listOf,
  nameValue,
  open,
  seenCommon,
  seenList,
  seenNameValue,
  seenObject,
  seenText,
  text,
} from './wire-fields.js';

/** The recipe by which the hub gets a token for our callback; which members are required is assumed [doc: getallauthentication.md]. */
const recipe = open({
  tokenRequestUrl: text(1, 2048),
  method: text(1, 16),
  headers: listOf(nameValue, 0, 100).optional(),
  payload: anyText,
  accessTokenPath: text(1, 255),
});
const basicAuth = open({ username: text(1, 255), password: text(1, 255) });

const authenticationBody = z.discriminatedUnion(
  'type',
  [
    open({ ...common, type: z.literal('oauth2'), oauth2: recipe }),
    open({ ...common, type: z.literal('basic'), basicAuth }),
  ],
  { error: 'type oauth2 or basic' },
);

const authenticationRecord = z.looseObject({
  ...seenCommon,
  type: seenText,
  oauth2: seenObject({
    tokenRequestUrl: seenText,
    method: seenText,
    headers: seenList(seenNameValue),
    payload: seenText,
    accessTokenPath: seenText,
  }),
  /** The password may be masked in reads (contract, 16 #29). */
  basicAuth: seenObject({ username: seenText, password: seenText }),
});

export type AuthenticationBody = z.infer<typeof authenticationBody>;
export type AuthenticationRecord = z.infer<typeof authenticationRecord>;

/** How eGain authenticates at a registered callback. */
export function authentications(
  transport: EgainTransport,
  paging: PagingOptions,
): Resource<AuthenticationBody, AuthenticationRecord> {
  return createResource(
    transport,
    {
      path: '/authentications',
      singular: 'Authentication',
      plural: 'Authentication',
      listKey: 'authentication',
      body: authenticationBody,
      item: authenticationRecord,
    },
    paging,
  );
}
