/** One request from its last byte to its record: faults before, the call itself, faults after. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { RequestFault } from '../faults/rules.js';
import type { AnswerOutcome, RequestRecord } from '../records.js';
import { refuse } from '../refusals.js';
import type { World } from '../world.js';
import type { Answer } from './answer.js';
import { observe } from './observed.js';
import { encode, write } from './write.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly receivedAt: string;
  readonly path: string;
  readonly operation: string;
  readonly raw: Buffer;
}

export interface Outcome {
  readonly answer: Answer;
  readonly clientId?: string;
  readonly body?: unknown;
}

const html =
  '<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>';

/** @param run carries the call out; called at most once, and not at all when a fault comes before it. */
export async function exchange(
  world: World,
  { request, response, receivedAt, path, operation, raw }: Exchange,
  run: () => Outcome,
  closing: AbortSignal,
): Promise<void> {
  const faults = world.faults.forRequest(operation, raw);
  const fault = faults.find(({ kind }) => kind !== 'delay');
  let outcome: Outcome | undefined;
  const finish = (answer: AnswerOutcome, status?: number, code?: string): void => {
    const record: RequestRecord = {
      kind: 'request',
      operation,
      method: request.method ?? '',
      path,
      receivedAt,
      processed: outcome !== undefined && outcome.answer.status < 400,
      answer,
      ...(outcome?.clientId === undefined ? {} : { clientId: outcome.clientId }),
      ...(status === undefined ? {} : { status }),
      ...(code === undefined ? {} : { code }),
      ...(faults.length === 0 ? {} : { fault: faults.map(({ kind }) => kind).join(' ') }),
      ...(outcome?.body === undefined ? {} : { body: outcome.body }),
    };
    world.records.add(record);
  };
  for (const delay of faults)
    if (delay.kind === 'delay' && delay.when === 'before') await wait(delay.ms, undefined, { ref: false });
  if (runs(fault)) outcome = run();
  observe(() => {
    const { method = '', url = '', headers } = request;
    const seen = { operation, method, url, headers, raw };
    return outcome === undefined ? seen : { ...seen, answer: outcome.answer };
  });
  for (const delay of faults)
    if (delay.kind === 'delay' && delay.when === 'after') await wait(delay.ms, undefined, { ref: false });
  if (fault?.kind === 'reset') {
    request.socket.resetAndDestroy();
    finish('reset');
    return;
  }
  if (fault?.kind === 'hang') {
    finish('none');
    return;
  }
  const answer = made(world, fault) ?? outcome?.answer ?? refuse('500-100', 'Nothing to answer');
  if (response.destroyed) {
    finish('gone');
    return;
  }
  // By the same clock as what the answer says of time, which may have been set since the request came.
  if (world.switches.current.toldClockOffsetMs !== 0)
    response.setHeader('date', new Date(toldNow(world)).toUTCString());
  const written = await write(response, encode(answer), fault, closing);
  finish(written ? 'written' : fault?.kind === 'cut' ? 'reset' : 'gone', answer.status, codeOf(answer));
}

/** Whether the call is carried out in spite of the fault. */
function runs(fault: RequestFault | undefined): boolean {
  switch (fault?.kind) {
    case 'status':
    case 'hang':
    case 'html':
      return fault.processed;
    case 'throttle':
      return false;
    case 'reset':
      return fault.when === 'after';
    case 'delay':
    case 'slow':
    case 'truncate':
    case 'cut':
    case undefined:
      return true;
  }
}

/** The answer a fault gives in place of the real one. */
function made(world: World, fault: RequestFault | undefined): Answer | undefined {
  if (fault?.kind === 'html') {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return { status: fault.status, headers, bytes: Buffer.from(html) };
  }
  if (fault?.kind === 'throttle') {
    const headers: Record<string, string> = {};
    if (fault.retryAfterSeconds !== undefined) headers['retry-after'] = String(fault.retryAfterSeconds);
    const told = toldNow(world);
    if (fault.retryAfterDateInMs !== undefined)
      headers['retry-after'] = new Date(told + fault.retryAfterDateInMs).toUTCString();
    if (fault.resetInMs !== undefined)
      headers['x-ratelimit-reset'] = new Date(told + fault.resetInMs).toISOString();
    return { ...refuse('429-001', 'Too many requests'), headers };
  }
  if (fault?.kind !== 'status') return undefined;
  const { status, code, message, body, headers = {} } = fault;
  const error = refuse(code ?? defaultCode(status), message ?? 'Made to fail').body;
  return { status, headers, body: body ?? error };
}

/** The time it is by what the simulator says, right or not; milliseconds since 1970. */
function toldNow({ clock, switches }: World): number {
  return clock.now() + switches.current.toldClockOffsetMs;
}

const knownCodes: Readonly<Record<number, string>> = { 401: '401-104', 429: '429-001', 500: '500-100' };

function defaultCode(status: number): string {
  return knownCodes[status] ?? `${status}-900`;
}

function codeOf({ body }: Answer): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const code: unknown = Reflect.get(body, 'code') ?? Reflect.get(body, 'error');
  return typeof code === 'string' ? code : undefined;
}
