import type { IncomingMessage, ServerResponse } from 'node:http';
import { send, writeHead, type Refusal } from './reply.js';

/** A body with at most so many bytes is read to its end and dropped, so that the connection can be kept. */
const smallBody = 64 * 1024;
/**
 * A larger one ends its connection. Closing at once would reset it while the caller still writes, and the caller would
 * never see the answer: so we go on reading for a while, and only then close.
 */
const lingerBytes = 16 * 1024 * 1024;
const lingerMs = 2000;

/** Answers with a refusal, and deals with what the caller has not finished sending. */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { code, status, answer } = refusal;
  if (request.complete || (code !== 'request-timeout' && isSmall(request))) {
    send(response, status, answer);
    request.resume();
    return;
  }
  if (!writeHead(response, status, [...answer.head, 'connection', 'close'])) return;
  // Its length was announced, so the caller has the whole answer although the response is still open.
  response.write(answer.body);
  linger(request, response);
}

function isSmall({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length === undefined ? headers['transfer-encoding'] === undefined : Number(length) <= smallBody;
}

function linger(request: IncomingMessage, response: ServerResponse): void {
  let left = lingerBytes;
  const count = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) finish();
  };
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', count);
    response.end();
  };
  const timer = setTimeout(finish, lingerMs);
  request.on('data', count).once('end', finish).once('close', finish).resume();
}
