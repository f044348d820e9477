import type { IncomingHttpHeaders } from 'node:http';
import type { CallbackVerdict } from '../src/egain/callback/verdict.js';
import { onlyMessage, type OnlyMessage } from '../src/egain/only-message.js';
import type { CallbackItem, parseCallback } from '../src/egain/parse-callback.js';
import { writeEnvelope, writeOutbound } from '../src/lanes/envelope.js';
import { journeyHead } from '../src/lanes/journeys.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import type { NewMessage } from '../src/lanes/lanes.js';
import type { Arrivals } from './arrivals.js';
import { parseJson, readRawBody, readText, shallow } from './body.js';
import { callerAddress, type FailureThrottle } from './caller.js';
import { requireMethod, type Handler } from './handler.js';
import { keepAndTell, traceparentIn, type KeepingParts } from './keeping.js';
import { Refusal, sendKept, unavailable } from './reply.js';

export interface CallbackParts extends KeepingParts {
  readonly authenticate: (headers: IncomingHttpHeaders) => CallbackVerdict | Promise<CallbackVerdict>;
  readonly parse: typeof parseCallback;
  readonly keys: Keyspace;
  readonly throttle: FailureThrottle;
  readonly arrivals: Arrivals;
  readonly maxBodyBytes: number;
  readonly trustProxy: number;
}

/**
 * eGain's callback: many messages in one body, all kept or 503 (I1). The answer says nothing about delivery; eGain wants
 * it within 5 s and takes any 200 [doc: createclientapplication.md] [wild: DM bridge].
 */
export function egainCallback(parts: CallbackParts): Handler {
  const { authenticate, parse, intake, keys, throttle, arrivals, maxBodyBytes, trustProxy } = parts;
  return async (request, response) => {
    const startedAt = performance.now();
    requireMethod(request, 'POST');
    const address = callerAddress(request, trustProxy);
    // What is known at once is not waited for: every turn of the promises costs as much as a check.
    const throttled = throttle.check(address);
    if (throttled !== undefined) await throttled;
    const judged = authenticate(request.headers);
    const verdict = judged instanceof Promise ? await judged : judged;
    if (!verdict.ok) {
      // The issuer's keys could not be had: not the caller's fault.
      if (verdict.reason === 'unavailable')
        throw unavailable('the issuer of the token cannot be asked for its keys', 5);
      // An expired token was a right one: the hub finds out by our 401, with as many callbacks as it has under way.
      if (verdict.reason !== 'expired') await throttle.failed(address);
      throw new Refusal('unauthenticated', `authorization: ${verdict.reason}`, {
        'www-authenticate': verdict.wwwAuthenticate,
      });
    }
    const body = await readRawBody(request, maxBodyBytes, arrivals);
    const text = readText(body);
    const only = onlyMessage(text);
    const parsed = parse(
      only === undefined ? parseJson(text) : shallow({ messages: { message: [only.message] } }),
    );
    if (!parsed.ok) throw new Refusal('malformed', `${parsed.field || 'body'}: expected ${parsed.expected}`);
    const { items } = parsed;
    if (items.length > 0) {
      const traceparent = traceparentIn(request.headers);
      await intake.admit(() =>
        keepAndTell(parts, { caller: 'egain', startedAt, traceparent }, (trace) => ({
          messages: items.map((item) => newMessage(keys, item, only, trace)),
        })),
      );
    }
    sendKept(response);
  };
}

function newMessage(
  keys: Keyspace,
  item: CallbackItem,
  only: OnlyMessage | undefined,
  trace: string | undefined,
): NewMessage {
  if (!item.ok) return misfit(keys, `${item.field}: ${item.reason}`, item.raw, trace);
  const { id, conversationId, dedupeKey = id, message } = item;
  const lane = keys.outboundLane(conversationId);
  const json = message === only?.message ? only.json : JSON.stringify(message);
  const payload = writeOutbound(id, conversationId, json, trace);
  if (message.type.value === 'typing.start' || message.type.value === 'typing.end') return { lane, payload };
  return {
    lane,
    conversationId,
    mark: keys.messageMark(dedupeKey),
    journey: { id, head: journeyHead('out', '') },
    payload,
  };
}

/** One bad item must not spoil the batch: it goes its way to the dead letters, where somebody can look at it (I1). */
function misfit(keys: Keyspace, reason: string, raw: unknown, trace: string | undefined): NewMessage {
  return {
    lane: keys.outboundLane(''),
    mark: keys.messageMark(JSON.stringify(raw)),
    payload: writeEnvelope({ kind: 'misfit', reason, raw, trace }),
  };
}
