/**
 * A complete small adapter, for an imaginary provider: a pager that knows texts and nothing else. It posts
 *
 *     { "event_id": "e-1", "event": "message", "pager": "555-0100", "owner": "Dana", "text": "Where is my parcel?" }
 *
 * with `pager-time` (seconds since 1970) and `pager-signature` (hexadecimal HMAC-SHA256 of "<time>.<body>"), expects any
 * 2xx, and takes `POST <url>/pages` of `{ "to", "text", "reference" }` with a bearer token. It drops a `reference`
 * that it has seen. docs/writing-an-adapter.md goes through it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type {
  Capabilities,
  ChannelAdapter,
  HttpReply,
  InboundEvent,
  Operation,
  Parsed,
  RawRequest,
  RenderLimits,
  RenderPlan,
  SendEnvironment,
  SendResult,
  Verdict,
  VerifyEnvironment,
} from '../../src/channels/adapter.js';
import { exchange } from '../../src/channels/http-exchange.js';
import { retryAfterMs } from '../../src/channels/retry-after.js';
import { webAddress, secretList } from '../../config/schema/fields.js';
import { cleanText } from '../../src/messages/clean-text.js';
import type { Loss, OutboundMessage } from '../../src/messages/model.js';
import { splitText } from '../../src/messages/split.js';

// --- config: what an operator sets ---

export const pagerConfigSchema = z.object({
  url: webAddress().describe('Address of the pager service.'),
  secrets: secretList().describe('What it signs with; several while one is replaced.'),
  token: z.string().min(16).meta({ secret: true }).describe('Bearer token for sending.'),
});
export type PagerConfig = z.infer<typeof pagerConfigSchema>;

// --- capabilities: what the provider can do, as data; a manifest may narrow it ---

const capabilities: Capabilities = {
  text: { max: 160, unit: 'codepoint', markup: 'none' },
  // Nothing is drawn: lists arrive as numbered text, which the bridge makes and understands the answers to.
  rich: {},
  typing: { inbound: false, outbound: false },
  deletes: false,
  attachments: { inbound: false, outbound: false },
  idempotent: true,
  redeliveryWindowMs: 60 * 60 * 1000,
};

// --- verify: raw bytes in, verdict out ---

const toleranceSeconds = 300;

function verify(request: RawRequest, config: PagerConfig, { now }: VerifyEnvironment): Verdict {
  const time = request.headers.get('pager-time') ?? '';
  const signature = request.headers.get('pager-signature') ?? '';
  if (time === '' || signature === '') return { ok: false, status: 401, reason: 'missing-signature' };
  if (!/^\d{1,12}$/.test(time) || !/^[0-9a-f]{64}$/.test(signature))
    return { ok: false, status: 401, reason: 'malformed-signature' };
  const age = Math.floor(now() / 1000) - Number(time);
  if (age > toleranceSeconds) return { ok: false, status: 401, reason: 'stale-timestamp' };
  if (age < -toleranceSeconds) return { ok: false, status: 401, reason: 'future-timestamp' };
  const presented = Buffer.from(signature, 'hex');
  // All of them are tried, and each comparison takes as long as any other.
  const matches = config.secrets.map((secret) => {
    const expected = createHmac('sha256', secret).update(`${time}.`).update(request.body).digest();
    return timingSafeEqual(expected, presented);
  });
  return matches.includes(true) ? { ok: true } : { ok: false, status: 401, reason: 'wrong-signature' };
}

// --- parse: pure and total ---

const eventSchema = z.object({ event: z.string().min(1).max(64) });
const pageSchema = z.object({
  event_id: z.string().min(1).max(255),
  pager: z.string().min(1).max(255),
  owner: z.string().max(255).nullish(),
  text: z.string().min(1).max(2000),
});

function parse(request: RawRequest): Parsed {
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString('utf8'));
  } catch {
    return { ok: false, status: 400, problems: [{ field: 'body', expected: 'JSON' }] };
  }
  const event = eventSchema.safeParse(body);
  if (!event.success) return malformed(event.error);
  if (event.data.event !== 'message')
    return { ok: true, events: [{ kind: 'unknown', name: event.data.event }] };
  const page = pageSchema.safeParse(body);
  if (!page.success) return malformed(page.error);
  const { event_id: id, pager, owner, text } = page.data;
  const customer = { id: pager, ...(owner ? { name: cleanText(owner) } : {}) };
  return {
    ok: true,
    events: [{ kind: 'message', message: { id, type: 'text', customer, text: cleanText(text) } }],
  };
}

/** Which field, and what was expected; never what was there. */
function malformed(error: z.ZodError): Parsed {
  const problems = error.issues.map(({ path, message }) => ({
    field: path.length === 0 ? 'body' : path.join('.'),
    expected: message,
  }));
  return { ok: false, status: 400, problems };
}

// --- reply: what the provider expects of a believed request ---

function reply(_events: readonly InboundEvent[], statuses: readonly ('accepted' | 'duplicate')[]): HttpReply {
  return {
    status: 202,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status: statuses[0] ?? 'ignored' }),
  };
}

// --- render: pure; one operation is one HTTP exchange and one check-point ---

function render(message: OutboundMessage, _config: PagerConfig, limits: RenderLimits): RenderPlan {
  const max = Math.max(1, Math.min(capabilities.text.max, limits.maxTextLength ?? capabilities.text.max));
  const files = message.attachments ?? [];
  const losses: Loss[] = files.map(() => ({
    what: 'attachment',
    why: 'the pager shows no files',
    shown: 'none',
  }));
  const text = message.text ?? '';
  if (text === '' && losses.length === 0)
    losses.push({ what: message.type, why: 'it has no words', shown: 'none' });
  const operations = splitText(text, { max, unit: capabilities.text.unit }).map((part, index): Operation => ({
    // The same over every repeat, so that the provider drops what it has seen. A sender's own id is unique in its conversation.
    key: `${message.conversationId}:${message.id}:${index + 1}`,
    kind: 'message',
    body: { to: message.customer.id, text: part },
  }));
  return { operations, losses };
}

// --- send: exactly one exchange; every failure is a value ---

const operationSchema = z.object({ to: z.string(), text: z.string() });

async function send(
  { key, body }: Operation,
  config: PagerConfig,
  { dispatcher, now, timeoutMs, signal }: SendEnvironment,
): Promise<SendResult> {
  const outcome = await exchange(dispatcher, {
    url: new URL(`${config.url.replace(/\/$/, '')}/pages`),
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${config.token}` },
    body: JSON.stringify({ ...operationSchema.parse(body), reference: key }),
    timeoutMs,
    ...(signal !== undefined && { signal }),
  });
  if (outcome.kind === 'not-sent') return { kind: 'retry', cause: outcome.cause };
  if (outcome.kind === 'unanswered') return { kind: 'uncertain', cause: outcome.cause };
  const { status } = outcome;
  if (status < 300) return { kind: 'sent', providerIds: [] };
  const afterMs = retryAfterMs(outcome.header('retry-after'), now(), outcome.header('date'));
  const wait = afterMs === undefined ? {} : { afterMs };
  if (status === 429) return { kind: 'throttled', scope: 'account', ...wait };
  if (status >= 500) return { kind: 'retry', cause: `HTTP ${status}`, ...wait };
  // The provider's words stay where they are: they may repeat the customer's.
  if (status === 410) return { kind: 'gone', reason: 'not-found' };
  return {
    kind: 'rejected',
    code: `http-${status}`,
    detail: `the pager service answered with HTTP ${status}`,
  };
}

export const pagerAdapter: ChannelAdapter<PagerConfig> = {
  kind: 'pager',
  configSchema: pagerConfigSchema,
  capabilities: () => capabilities,
  farEnd: ({ url }) => url,
  verify,
  parse,
  reply,
  render,
  send,
};
