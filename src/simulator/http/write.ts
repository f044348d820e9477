/** Putting an answer on the wire, whole or spoilt by a fault. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import type { RequestFault } from '../faults/rules.js';
import type { Answer } from './answer.js';

export interface Encoded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer | string;
}

export function encode(answer: Answer): Encoded {
  const { status, headers = {}, body, bytes } = answer;
  if (bytes !== undefined) return { status, headers, bytes };
  if (body === undefined) return { status, headers, bytes: '' };
  return { status, headers: { 'content-type': 'application/json', ...headers }, bytes: JSON.stringify(body) };
}

/** @returns whether all of it was handed to the connection */
export async function write(
  response: ServerResponse,
  { status, headers, bytes }: Encoded,
  fault: RequestFault | undefined,
  closing: AbortSignal,
): Promise<boolean> {
  const length = Buffer.byteLength(bytes);
  switch (fault?.kind) {
    case 'truncate': {
      const half = Buffer.from(bytes).subarray(0, Math.floor(length / 2));
      response.writeHead(status, { ...headers, 'content-length': half.length }).end(half);
      break;
    }
    case 'cut': {
      response.writeHead(status, { ...headers, 'content-length': length });
      const half = Buffer.from(bytes).subarray(0, Math.floor(length / 2));
      await new Promise<void>((resolve) => response.write(half, () => resolve()));
      response.socket?.destroy();
      return false;
    }
    case 'slow':
      response.writeHead(status, { ...headers, 'content-length': length });
      await drip(response, Buffer.from(bytes), fault.chunkBytes, fault.intervalMs, closing);
      break;
    default:
      response
        .writeHead(status, status === 204 ? headers : { ...headers, 'content-length': length })
        .end(bytes);
  }
  return await new Promise((resolve) => {
    if (response.writableFinished) resolve(true);
    else if (response.destroyed) resolve(false);
    else response.once('finish', () => resolve(true)).once('close', () => resolve(response.writableFinished));
  });
}

async function drip(
  response: ServerResponse,
  bytes: Buffer,
  chunkBytes: number,
  intervalMs: number,
  closing: AbortSignal,
): Promise<void> {
  for (let at = 0; at < bytes.length && !response.destroyed && !closing.aborted; at += chunkBytes) {
    response.write(bytes.subarray(at, at + chunkBytes));
    await wait(intervalMs);
  }
  response.end();
}
