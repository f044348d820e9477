import type { IncomingHttpHeaders } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { callerAddress, type FailureThrottle } from './caller.js';
import { requireMethod, type Handler } from './handler.js';
import { Refusal, sendJson } from './reply.js';

export interface TokenReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Token requests are tiny; more is not one. */
const maxTokenBody = 16 * 1024;

/** Our token endpoint for eGain's `oauth2` callback authentication [doc: createauthentication.md]. */
export function egainToken(parts: {
  readonly issue: (headers: IncomingHttpHeaders, body: string) => Promise<TokenReply>;
  readonly throttle: FailureThrottle;
  readonly trustProxy: number;
}): Handler {
  const { issue, throttle, trustProxy } = parts;
  return async (request, response) => {
    requireMethod(request, 'POST');
    const address = callerAddress(request, trustProxy);
    await throttle.check(address);
    const reply = await issue(request.headers, await readText(request));
    if (reply.status === 401) await throttle.failed(address);
    sendJson(response, reply.status, JSON.stringify(reply.body), {
      ...reply.headers,
      'cache-control': 'no-store',
    });
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxTokenBody) {
      throw new Refusal('too-large', `the body may have at most ${maxTokenBody} bytes`, {
        connection: 'close',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
