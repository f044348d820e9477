/** What can be made to go wrong, as data: how a rule is written, and which call it strikes. */
import { z } from 'zod';

const common = {
  /** Name to remove it by; made up when absent. */
  id: z.string().min(1).optional(),
  /** How often it strikes at most; absent = until removed. */
  times: z.int().min(1).optional(),
  /** Chance for each call that matches. */
  probability: z.number().min(0).max(1).default(1),
  /** Calls that match and are let through first. */
  after: z.int().min(0).default(0),
  /** Only calls whose body holds this text, e.g. one customer's address. */
  bodyIncludes: z.string().min(1).optional(),
};

const onRequest = {
  ...common,
  /** eGain's operationId, `requestToken`, `uploadAssetContent`, `downloadAssetContent`, or `*` for all of them. */
  operation: z.string().min(1).default('*'),
};

const onCallback = {
  ...common,
  conversationId: z.string().optional(),
  /** eGain's message type, e.g. `text`. */
  messageType: z.string().optional(),
};

/** `processed` = whether the call is carried out although the caller does not hear of it. */
const requestFaults = [
  z.strictObject({
    ...onRequest,
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    code: z.string().optional(),
    message: z.string().optional(),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    processed: z.boolean().default(false),
  }),
  z.strictObject({
    ...onRequest,
    kind: z.literal('throttle'),
    /** Given: answered with `Retry-After`. */
    retryAfterSeconds: z.int().min(0).optional(),
    /** Given: answered with `Retry-After` as an HTTP date, this far ahead. */
    retryAfterDateInMs: z.int().min(0).optional(),
    /** Given: answered with `X-RateLimit-Reset`, a date-time this far ahead. */
    resetInMs: z.int().min(0).optional(),
  }),
  z.strictObject({
    ...onRequest,
    kind: z.literal('delay'),
    ms: z.int().min(0),
    when: z.enum(['before', 'after']).default('before'),
  }),
  z.strictObject({ ...onRequest, kind: z.literal('hang'), processed: z.boolean().default(false) }),
  z.strictObject({ ...onRequest, kind: z.literal('reset'), when: z.enum(['before', 'after']) }),
  z.strictObject({
    ...onRequest,
    kind: z.literal('slow'),
    chunkBytes: z.int().min(1).default(1),
    intervalMs: z.int().min(1).default(50),
  }),
  z.strictObject({
    ...onRequest,
    kind: z.literal('html'),
    status: z.int().min(200).max(599).default(502),
    processed: z.boolean().default(false),
  }),
  /** Half of the JSON in a whole HTTP answer. */
  z.strictObject({ ...onRequest, kind: z.literal('truncate') }),
  /** The connection ends in the middle of the answer. */
  z.strictObject({ ...onRequest, kind: z.literal('cut') }),
] as const;

const callbackFaults = [
  z.strictObject({ ...onCallback, kind: z.literal('callback-drop') }),
  z.strictObject({
    ...onCallback,
    kind: z.literal('callback-duplicate'),
    copies: z.int().min(1).max(100).default(1),
  }),
  /** Held back until another message of the conversation has gone out, or `maxWaitMs` has passed. */
  z.strictObject({
    ...onCallback,
    kind: z.literal('callback-reorder'),
    maxWaitMs: z.int().min(0).default(1000),
  }),
  /** Waits in its place: later messages of the conversation wait behind it. */
  z.strictObject({ ...onCallback, kind: z.literal('callback-delay'), ms: z.int().min(0) }),
  /** The first attempt carries an Authorization that is not the right one. */
  z.strictObject({ ...onCallback, kind: z.literal('callback-wrong-authorization') }),
] as const;

export const requestFaultSchema = z.discriminatedUnion('kind', requestFaults);
export const callbackFaultSchema = z.discriminatedUnion('kind', callbackFaults);
export const faultSchema = z.discriminatedUnion('kind', [...requestFaults, ...callbackFaults]);

export type RequestFault = z.output<typeof requestFaultSchema>;
export type CallbackFault = z.output<typeof callbackFaultSchema>;
export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

export function isCallbackFault(fault: Fault): fault is CallbackFault {
  return fault.kind.startsWith('callback-');
}
