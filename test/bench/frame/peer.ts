/**
 * The far end of every hop, in a process of its own: eGain's token endpoint and message endpoint, and the receiver of a
 * channel. Answers after PEER_DELAY_MS, counts, and notes when each message came and how long it was on its way. With
 * PEER_TRACK it also looks at every lane: repeats, order, and the longest silence.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { conversationOf, customerIn, isOfLoudCustomer } from './bodies.js';
import { LaneTracks } from './lane-tracks.js';

const delayMs = Number(process.env['PEER_DELAY_MS'] ?? 0);
const tracks = process.env['PEER_TRACK'] === undefined ? undefined : new LaneTracks();
const state = { atMs: [] as number[], waysMs: [] as number[], calmWaysMs: [] as number[] };

function note(body: string): void {
  const now = performance.now();
  state.atMs.push(now);
  const sent = /at:(\d+);/.exec(body)?.[1];
  if (sent !== undefined) {
    const way = Number(process.hrtime.bigint() - BigInt(sent)) / 1e6;
    state.waysMs.push(way);
    if (!isOfLoudCustomer(body)) state.calmWaysMs.push(way);
  }
  tracks?.note(body, now);
}

/** eGain's answer: a conversation's id follows from the customer's, so that later callbacks can name it. */
function egainAnswer(body: string): string {
  const known = /"conversation":\{"id":"([^"]+)"/.exec(body)?.[1];
  const conversation = known ?? conversationOf(customerIn.exec(body)?.[1] ?? 'unknown');
  return `{"messages":{"message":[{"id":"${randomUUID()}","conversation":{"id":"${conversation}"}}]}}`;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const path = request.url ?? '';
    const answer = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(text);
    };
    if (path === '/token') {
      answer(200, '{"access_token":"a-token-for-measuring","token_type":"Bearer","expires_in":3600}');
      return;
    }
    const body = Buffer.concat(chunks).toString('utf8');
    note(body);
    const reply = (): void =>
      path.endsWith('/conversations/messages') ? answer(202, egainAnswer(body)) : answer(200, '{}');
    if (delayMs === 0) reply();
    else void sleep(delayMs).then(reply);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', (question) => {
  // Where lanes are tracked a repeat must not stand in for a message that is still missing.
  if (question === 'count') process.send?.({ count: tracks?.summary().distinct ?? state.atMs.length });
  if (question === 'state') process.send?.({ state: { ...state, ...tracks?.summary() } });
  if (question === 'reset') {
    Object.assign(state, { atMs: [], waysMs: [], calmWaysMs: [] });
    tracks?.reset();
    process.send?.({ done: true });
  }
});
process.on('SIGTERM', () => process.exit(0));
