import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ChannelAdapter, InboundEvent, RawRequest, VerifyEnvironment } from '../src/channels/adapter.js';
import { writeEnvelope } from '../src/lanes/envelope.js';
import { journeyHead } from '../src/lanes/journeys.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import type { AcceptStatus, NewMessage } from '../src/lanes/lanes.js';
import type { NoticeDraft } from '../src/lanes/notice-window.js';
import type { InboundMessage } from '../src/messages/model.js';
import type { Arrivals } from './arrivals.js';
import { readRawBody } from './body.js';
import { callerAddress, type FailureThrottle } from './caller.js';
import type { Handler, RequestPath } from './handler.js';
import { keepAndTell, traceparentIn, type Arrival, type KeepingParts } from './keeping.js';
import { protection, Refusal, sendJson } from './reply.js';

/** One channel of the configuration, ready to be spoken to. */
export interface ChannelEntry {
  readonly adapter: ChannelAdapter<unknown>;
  readonly settings: unknown;
  /** What the manifest says to this message: pass it, pass it without some files, or refuse it with what to expect. */
  readonly policy: (message: InboundMessage) => PolicyVerdict;
}

export type PolicyVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'strip'; readonly message: InboundMessage; readonly notices: readonly NoticeDraft[] }
  | {
      readonly kind: 'refuse';
      readonly field: string;
      readonly expected: string;
      /** For those who must hear of it; the caller hears it by the answer. */
      readonly notices: readonly NoticeDraft[];
    };

export interface ChannelParts extends KeepingParts {
  readonly channels: ReadonlyMap<string, ChannelEntry>;
  readonly keys: Keyspace;
  readonly throttle: FailureThrottle;
  readonly environment: VerifyEnvironment;
  readonly arrivals: Arrivals;
  readonly maxBodyBytes: number;
  readonly trustProxy: number;
}

/** A channel's webhook: believed, understood, allowed, kept, answered; in this order. */
export function channelWebhook(parts: ChannelParts): Handler {
  const { channels, intake, throttle, environment, arrivals, maxBodyBytes, trustProxy } = parts;
  return async (request, response, path) => {
    const startedAt = performance.now();
    const channel = path.parameter;
    const entry = channels.get(channel);
    if (entry === undefined) throw new Refusal('not-found', 'channel: there is none of this name');
    if (request.method !== 'POST' && request.method !== 'GET') throw notPost();
    const address = callerAddress(request, trustProxy);
    await throttle.check(address);
    const body =
      request.method === 'GET' ? Buffer.alloc(0) : await readRawBody(request, maxBodyBytes, arrivals);
    const raw = rawRequest(request, path, body);
    const verdict = entry.adapter.verify(raw, entry.settings, environment);
    if (!verdict.ok) {
      // A GET is only ever a provider's challenge, and those prove themselves too.
      if (request.method === 'GET' && verdict.reason === 'missing-signature') throw notPost();
      await throttle.failed(address);
      throw new Refusal(
        verdict.status === 400 ? 'malformed' : 'unauthenticated',
        `signature: ${verdict.reason}`,
      );
    }
    if (verdict.handshake !== undefined) {
      const { status, headers, body: answer } = verdict.handshake;
      response.writeHead(status, { ...protection, ...headers }).end(answer);
      return;
    }
    if (request.method === 'GET') throw notPost();
    // Read as text, wrong bytes would become other words than were signed.
    if (!isUtf8(body)) throw new Refusal('malformed', 'body: expected JSON in UTF-8');
    const parsed = entry.adapter.parse(raw, entry.settings);
    if (!parsed.ok) {
      const message = parsed.problems
        .map(({ field, expected }) => `${field}: expected ${expected}`)
        .join('; ');
      throw new Refusal(parsed.status === 400 ? 'malformed' : 'unprocessable', message);
    }
    const traceparent = traceparentIn(request.headers);
    const arrival = { caller: 'channel', channel, startedAt, traceparent } as const;
    const statuses = await intake.admit(() => keep(parts, arrival, entry, parsed.events));
    const answer = entry.adapter.reply(parsed.events, statuses);
    sendJson(response, answer.status, answer.body, answer.headers);
  };
}

function notPost(): Refusal {
  return new Refusal('method-not-allowed', 'method: expected POST', { allow: 'POST' });
}

/**
 * Judges and keeps a request's events. @returns a status per message. @throws {Refusal} 422 what the policy refuses, 503.
 */
export async function keep(
  parts: KeepingParts & Pick<ChannelParts, 'keys'>,
  arrival: Arrival & { readonly channel: string },
  entry: ChannelEntry,
  events: readonly InboundEvent[],
): Promise<readonly AcceptStatus[]> {
  const { channel } = arrival;
  const messages: InboundMessage[] = [];
  const notices: NoticeDraft[] = [];
  let refusal: Refusal | undefined;
  for (const event of events) {
    if (event.kind === 'unknown') continue;
    const verdict = entry.policy(event.message);
    if (verdict.kind !== 'pass') notices.push(...verdict.notices);
    if (verdict.kind === 'refuse') {
      refusal ??= new Refusal('unprocessable', `${verdict.field}: expected ${verdict.expected}`);
      continue;
    }
    messages.push(verdict.kind === 'strip' ? verdict.message : event.message);
  }
  if (messages.length === 0 && notices.length > 0) await parts.intake.accept([], notices);
  // One bad event does not spoil the others of its batch; the customer is told either way.
  if (messages.length === 0 && refusal !== undefined) throw refusal;
  if (messages.length === 0) return [];
  return keepAndTell(parts, arrival, (trace) => ({
    messages: messages.map((message) => inboundMessage(parts.keys, channel, entry, message, trace)),
    notices,
  }));
}

const dayMs = 24 * 60 * 60 * 1000;

function inboundMessage(
  keys: Keyspace,
  channel: string,
  entry: ChannelEntry,
  message: InboundMessage,
  trace: string | undefined,
): NewMessage {
  const lane = keys.inboundLane(channel, message.customer.id);
  const target = `in:${channel}`;
  const payload = writeEnvelope({ kind: 'inbound', channel, message, trace });
  if (message.type === 'typing.start' || message.type === 'typing.end') return { lane, target, payload };
  const { redeliveryWindowMs } = entry.adapter.capabilities(entry.settings);
  return {
    lane,
    target,
    payload,
    mark: keys.messageMark(message.id),
    ...(redeliveryWindowMs > dayMs ? { markLifeMs: redeliveryWindowMs } : {}),
    journey: { id: message.id, head: journeyHead('in', channel) },
  };
}

/** A request as adapters see it. */
export function rawRequest(request: IncomingMessage, path: RequestPath, body: Buffer): RawRequest {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return { method: request.method ?? '', path: path.pathname, query: path.query, headers, body };
}
