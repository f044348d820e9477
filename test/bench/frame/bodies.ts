import { createHmac, randomBytes } from 'node:crypto';

/** Every body is exactly this long: figures for "1 KB messages". */
const bodyBytes = 1024;

/** Ids that are new in every run, all of the same length; their number says in which order they were made. */
let counter = 0;
function nextId(): string {
  counter += 1;
  return `${randomBytes(4).toString('hex')}-${String(counter).padStart(12, '0')}`;
}

/**
 * A number as eight digits that look random, another for every number (the finalizer of MurmurHash3). Ids are random where
 * the bridge is used; such as only count up have the same hash in Redis's Lua by the dozen, which looks at every second or
 * third character.
 */
function scramble(n: number): string {
  let hash = n >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0');
}

/** The moment of sending on the clock all processes share: what a peer takes the way's length from. */
function stamp(): string {
  return `at:${process.hrtime.bigint()};`;
}

export const callbackCredentials = { username: 'egain', password: 'a-password-for-measuring' };
export const channelSecret = `whsec_${Buffer.from('a-secret-for-measuring-only').toString('base64')}`;

export const callbackHeaders = {
  'content-type': 'application/json',
  authorization: `Basic ${Buffer.from(`${callbackCredentials.username}:${callbackCredentials.password}`).toString('base64')}`,
};

/** The nth customer, and the conversation the peer opens for them. */
export const customer = (n: number): string => `customer-${scramble(n)}`;
export const conversation = (n: number): string => conversationOf(scramble(n));

/** The nth of those who write more than all others, in measurements of fairness. */
export const loudCustomer = (n: number): string => `customer-loud${String(n).padStart(4, '0')}`;
export const isOfLoudCustomer = (body: string): boolean => body.includes('customer-loud');

/** What tells customers apart, in a body. */
export const customerIn = /customer-(\w{8})/;
/** The same for a conversation, which has it from its customer. */
export const conversationIn = /-0000-4000-8000-0000(\w{8})/;

/** A UUID, as eGain's ids are [seed]. */
export function conversationOf(name: string): string {
  return `${name}-0000-4000-8000-0000${name}`;
}

/** One agent's text as eGain calls back with it, 1 KB in all. */
export function callbackBody(conversationId: string): string {
  const [before, after] = [
    `{"messages":{"message":[{"id":"${nextId()}","type":{"value":"text"},"content":{"html":"${stamp()}`,
    `"},"sender":{"type":"egain_agent","participant":{"name":"Sam"}},"conversation":{"id":"${conversationId}"}}]}}`,
  ];
  return before + filler(bodyBytes - before.length - after.length) + after;
}

/** One customer's text as the generic webhook channel sends it, 1 KB in all, with the headers that sign it. */
export function channelRequest(customerId: string): {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const id = nextId();
  const [before, after] = [
    `{"id":"${id}","type":"text","customer":{"id":"${customerId}","name":"${customerId}"},"text":"${stamp()}`,
    `"}`,
  ];
  const body = before + filler(bodyBytes - before.length - after.length) + after;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(channelSecret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
  };
}

const words =
  'the parcel was handed over to the carrier this morning and should be with you by tomorrow evening ';
const text = words.repeat(Math.ceil(bodyBytes / words.length));
function filler(length: number): string {
  return text.slice(0, length);
}
