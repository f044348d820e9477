/**
 * One switch per question that the public contract leaves open (`#n` = number of the question in the contract's list),
 * so that a client can be tried against every answer eGain might give. Defaults are the contract's, and where it has
 * none the one that shows a client's mistakes soonest.
 */
import { z } from 'zod';

const count = z.int().min(0);

export const switchesSchema = z.strictObject({
  /** #1 Which member of `content` carries an agent's text. `json` puts it into `content.json.content`. */
  agentTextField: z.enum(['html', 'text', 'json']).default('html'),
  /** #4 What `parent.messageId` names: the sender's id, the hub's id, or whichever is found. */
  parentRef: z.enum(['either', 'messageId', 'id']).default('either'),
  /** #4 Refuse a `parent.messageId` that names no message of the conversation. */
  checkParent: z.boolean().default(false),
  /** #5 How a message must name its file. */
  attachmentRef: z.enum(['either', 'url', 'id']).default('either'),
  /** #5 Whether the hub fetches the public URL of an attachment, and records size and SHA-256 of what it got. */
  fetchAttachments: z.boolean().default(false),
  /** #6 Verb and form of an upload to a signed URL. */
  uploadMode: z.enum(['any', 'post-raw', 'post-multipart', 'put-raw']).default('post-raw'),
  /** #7 Life of signed URLs. */
  assetUrlLifeSeconds: z.int().min(1).default(300),
  /** #8 Code for a message into a conversation that is over. */
  deadConversationCode: z
    .string()
    .regex(/^4\d\d-\d+$/)
    .default('400-630'),
  /** #8 Code for a conversation id never seen. */
  unknownConversationCode: z
    .string()
    .regex(/^4\d\d-\d+$/)
    .default('400-630'),
  /** #9 The same `messageId` from the same account and contact gets the first answer and is not taken again. */
  deduplicate: z.boolean().default(false),
  /** #10 Most messages one send may hold; 0 = any number. */
  maxMessagesPerSend: count.default(0),
  /** #11 */
  requireEntryPoint: z.boolean().default(false),
  /** #12 A start must name `lookupContact`, and that contact must be among the customer's. */
  requireLookupContact: z.boolean().default(true),
  /** #12 Contact types a start may use; empty = any. */
  contactTypes: z.array(z.string()).default([]),
  /** A start for a customer whose conversation is open goes on with that one instead of opening another. */
  reuseOpenConversation: z.boolean().default(false),
  /** Message types that may start a conversation; empty = any. */
  startTypes: z.array(z.string()).default(['text']),
  /** #14 One callback at a time per conversation, or all at once. */
  callbackOrder: z.enum(['sequential', 'free']).default('sequential'),
  /** #14 Waits `firstDelayMs * factor^n`, at most `maxDelayMs`, before each of `retries` further attempts. */
  callbackRetry: z
    .strictObject({
      retries: count.default(4),
      firstDelayMs: count.default(500),
      factor: z.number().min(1).default(3),
      maxDelayMs: count.default(30_000),
    })
    .prefault({}),
  /** How long the callback may take to answer: five seconds [doc: createclientapplication.md]. */
  callbackDeadlineMs: z.int().min(1).default(5000),
  /** Messages of one conversation put into one callback when several wait. */
  callbackBatch: z.int().min(1).max(1000).default(1),
  /** Callback requests under way at the same time, over all conversations. */
  callbackConcurrency: z.int().min(1).default(50),
  /** #15 A 401 from the callback brings a new `Authorization` and one repeat of the same request. */
  callbackRepeatAfter401: z.boolean().default(true),
  /** #16 Tell the customer side when a conversation timed out. */
  endOnTimeout: z.boolean().default(false),
  /** #17 How an agent's end is told: as `conversation.end`, as the literal text, or both. */
  literalEnd: z.enum(['off', 'instead', 'also']).default('off'),
  /** How a customer hears that no agent is there: in a text of the hub's, as `agent.unavailable`, or both. */
  unavailability: z.enum(['text', 'event', 'both']).default('text'),
  /** #18 Repeat `conversation.customer` in callbacks. */
  callbackCustomer: z.boolean().default(false),
  /** #19 Send a customer's own messages back to the customer's callback. */
  echoToSender: z.boolean().default(false),
  /** #20 What becomes of a message beyond the channel's `restrictions.inbound`. */
  inboundLimit: z.enum(['refuse', 'cut', 'notify', 'ignore']).default('refuse'),
  /** #21 Whether texts made by the hub are sent: as the channel declares, or regardless of it. */
  systemMessages: z.enum(['declared', 'always', 'never']).default('declared'),
  /** #22 Status for a type that the sender may not send. */
  senderRefusal: z.union([z.literal(400), z.literal(403)]).default(400),
  /** #23 Requests per minute and client; 0 = no limit. */
  rateLimitPerMinute: count.default(0),
  /** How far the clock is off by which answers are dated: `Date`, `Retry-After` as a date, `X-RateLimit-Reset`. */
  toldClockOffsetMs: z.int().default(0),
  /** #24 */
  tokenLifeSeconds: z.int().min(1).default(3600),
  /** #24 Whether the token answer tells `expires_in`. */
  tokenTellsExpiry: z.boolean().default(true),
  /** #24 */
  tokenFormat: z.enum(['jwt', 'opaque']).default('jwt'),
  /** #26 What a PUT with an old `modified` gets. */
  staleModified: z.enum(['ignore', 'refuse']).default('ignore'),
  /** #28 Whether lists carry `paginationInfo`; without it they are never cut into pages. */
  paging: z.boolean().default(true),
  /** #28 Records per page when the caller names no size, and at most. */
  defaultPageSize: z.int().min(1).default(75),
  maxPageSize: z.int().min(1).default(75),
  /** #29 Hide `password` and `payload` of authentications in reads. */
  maskSecrets: z.boolean().default(true),
  /** #30 */
  iconMustBeBase64: z.boolean().default(false),
  /** #33 */
  deleteInUse: z.enum(['refuse', 'allow']).default('refuse'),
  /** Two accounts may not share channel and address. */
  uniqueAddress: z.boolean().default(true),
  /** Unknown query parameters are refused with 400-101. */
  strictQuery: z.boolean().default(true),
  /** A malformed `Accept-Language` is refused with 406-100. */
  checkAcceptLanguage: z.boolean().default(false),
});

export type Switches = z.output<typeof switchesSchema>;
export type SwitchesInput = z.input<typeof switchesSchema>;

/** The switches as they stand; replaced as a whole when the control API changes some. */
export class SwitchBoard {
  #current: Switches;

  constructor(input: SwitchesInput = {}) {
    this.#current = switchesSchema.parse(input);
  }

  get current(): Switches {
    return this.#current;
  }

  /** Changes the named switches. @throws {z.ZodError} for an unknown name or a value outside its range. */
  change(patch: SwitchesInput): Switches {
    this.#current = switchesSchema.parse({ ...this.#current, ...patch });
    return this.#current;
  }
}
