import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../reply.js';

/** What pages of other origins may send with a request. */
const allowedHeaders = 'authorization, content-type, last-event-id, chat-tab';
const allowedMethods = 'GET, POST, DELETE';
/** Browsers ask again after it, in seconds. */
const preflightLife = '600';

/**
 * The origin a request comes from, answered in CORS's own words where it is another site's. A browser that leaves it away
 * reads from a page of the bridge; whoever is no browser can say anything, and still needs a token.
 * @throws {Refusal} 403 for an origin that is neither the bridge's nor one of the channel's.
 */
export function admitOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
  own: string,
): string {
  response.setHeader('vary', 'origin');
  const origin = request.headers.origin ?? own;
  if (origin === own) return own;
  if (!origins.includes(origin)) {
    throw new Refusal('forbidden', "origin: expected publicUrl's or one of the channel's origins");
  }
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'retry-after');
  return origin;
}

/** Answers a browser that asks whether it may ask. */
export function answerPreflight(response: ServerResponse): void {
  response
    .writeHead(204, {
      'access-control-allow-methods': allowedMethods,
      'access-control-allow-headers': allowedHeaders,
      'access-control-max-age': preflightLife,
      'cache-control': 'no-store',
    })
    .end();
}
