/** The six kinds of configuration objects, in the order eGain asks for [seed], with what the rest of the room must know of each. */
import type { EgainClient, Resource } from '../egain/index.js';
import { isRecord } from '../../config/schema/fields.js';

export const kinds = [
  'authentication',
  'clientApplication',
  'participant',
  'channel',
  'orchestration',
  'account',
] as const;
export type Kind = (typeof kinds)[number];

/** A JSON object of which nothing is taken for granted. */
export type Tree = Readonly<Record<string, unknown>>;
export const isTree: (value: unknown) => value is Tree = isRecord;

export const kindWords: Readonly<Record<Kind, string>> = {
  authentication: 'authentication',
  clientApplication: 'client application',
  participant: 'participant',
  channel: 'channel',
  orchestration: 'orchestration',
  account: 'account',
};

/** What a person calls an object by, and what it is found by: no ids are kept anywhere. */
export function keyOf(kind: Kind, record: Tree): string | undefined {
  const key = record[kind === 'channel' ? 'type' : 'name'];
  return typeof key === 'string' ? key : undefined;
}

/** `channel custom.support`; control characters, which eGain may return, never reach a terminal. */
export function titleOf(object: { readonly kind: Kind; readonly key: string }): string {
  return `${kindWords[object.kind]} ${object.key.replaceAll(/\p{Cc}+/gu, ' ')}`;
}

/** Records and bodies as plain trees: the client holds every body to its own schema before it leaves. */
export type Resources = Readonly<Record<Kind, Resource<Tree, Tree>>>;

export function resourcesOf(client: EgainClient): Resources {
  return {
    authentication: client.authentications,
    clientApplication: client.clientApplications,
    participant: client.participants,
    channel: client.channels,
    orchestration: client.orchestrations,
    account: client.accounts,
  };
}
