import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import multer from 'multer';
import { withExtension } from '../../src/files/file-name.js';
import type { UploadedFile, UploadTicket } from '../../src/files/location.js';
import type { Arrivals } from '../arrivals.js';
import { parseJson, readRawBody, readText } from '../body.js';
import { callerAddress, type FailureThrottle } from '../caller.js';
import { requireMethod, type Handler, type RequestPath } from '../handler.js';
import { Refusal, sendJson, unavailable } from '../reply.js';
import { readWish, type TicketRecords, type UploadDesk } from './upload-desk.js';
import { uploadEngine, type StoredUpload, type UploadVault } from './upload-engine.js';

/**
 * Who may ask for a ticket on a channel: a signature, a chat session. `customerId` binds the file to one customer.
 * @throws {Refusal} 401 when the caller is not believed.
 */
export type AuthorizeUpload = (
  request: IncomingMessage,
  path: RequestPath,
  body: Buffer,
) => Promise<{ readonly customerId?: string | undefined }>;

export interface UploadParts {
  readonly desk: UploadDesk;
  readonly vault: UploadVault;
  readonly records: TicketRecords & { nameOf(token: string): string };
  readonly laneOf: (channel: string, customerId: string) => string;
  /** By channel; a channel that is not in it takes no uploads. */
  readonly authorize: ReadonlyMap<string, AuthorizeUpload>;
  readonly throttle: FailureThrottle;
  readonly arrivals: Arrivals;
  readonly trustProxy: number;
  readonly mostBytes: number;
  readonly uploadLifeMs: number;
  readonly timeoutMs: number;
  readonly idleMs: number;
  /** Uploads at the same time. */
  readonly concurrency: number;
  /** Bytes of a file that was taken. */
  readonly carried?: (bytes: number) => void;
}

/** A question for a ticket is small. */
const wishBytes = 16 * 1024;
/** What a form needs around its one file. */
const formBytes = 16 * 1024;

/**
 * `POST /channels/{channel}/assets`: JSON asks for a ticket, multipart/form-data with a ticket brings the file and is
 * answered with the reference that a message names it by.
 */
export function channelUploads(parts: UploadParts): Handler {
  let underWay = 0;
  return async (request, response, path) => {
    requireMethod(request, 'POST');
    const authorize = parts.authorize.get(path.parameter);
    if (authorize === undefined) throw new Refusal('not-found', 'channel: there is none of this name');
    const address = callerAddress(request, parts.trustProxy);
    await parts.throttle.check(address);
    if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
      const body = await readRawBody(request, wishBytes, parts.arrivals);
      const { customerId } = await authorize(request, path, body).catch(async (error: unknown) => {
        if (error instanceof Refusal && error.code === 'unauthenticated')
          await parts.throttle.failed(address);
        throw error;
      });
      const wish = readWish(parseJson(readText(body)));
      const answer = await parts.desk.offer(path.parameter, wish, customerId ?? wish.customerId);
      sendJson(response, 201, JSON.stringify(answer));
      return;
    }
    if (underWay >= parts.concurrency) throw unavailable('too many uploads at once');
    underWay += 1;
    try {
      const ticket = await parts.desk.redeem(request, path.parameter);
      if (ticket === undefined) {
        await parts.throttle.failed(address);
        throw new Refusal('unauthenticated', 'authorization: expected a ticket that was not used yet');
      }
      await receive(parts, request, response, ticket);
    } finally {
      underWay -= 1;
    }
  };
}

async function receive(
  parts: UploadParts,
  request: IncomingMessage,
  response: ServerResponse,
  ticket: UploadTicket,
): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > ticket.size + formBytes)
    throw new Refusal('too-large', 'size: expected no more than the ticket was given for');
  const assetId = parts.records.newToken();
  let stored: StoredUpload;
  try {
    stored = await readForm(parts, request, response, ticket, parts.records.nameOf(assetId));
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unavailable') await parts.desk.giveBack(request, ticket);
    throw error;
  }
  const { channel, customerId, size } = ticket;
  const file: UploadedFile = {
    kind: 'upload',
    channel,
    ...(customerId === undefined ? {} : { customerId }),
    name: ticket.name,
    size,
    ...stored,
  };
  try {
    await parts.records.put(assetId, parts.laneOf(channel, customerId ?? ''), file, parts.uploadLifeMs);
  } catch (error) {
    await parts.vault.remove(stored.at);
    throw unavailable('Redis did not confirm the file', 1, error);
  }
  parts.carried?.(size);
  const { name, contentType } = file;
  sendJson(response, 201, JSON.stringify({ assetId, name, size, contentType }));
}

/** Lets Multer read the form; resolves as soon as the one file is where it stays, rejects as soon as it cannot be. */
function readForm(
  parts: UploadParts,
  request: IncomingMessage,
  response: ServerResponse,
  ticket: UploadTicket,
  id: string,
): Promise<StoredUpload> {
  const { vault, desk, mostBytes, timeoutMs, idleMs } = parts;
  const over = new AbortController();
  return new Promise<StoredUpload>((resolve, reject) => {
    let stored: StoredUpload | undefined;
    let handled = Promise.resolve();
    const fail = (error: unknown): void => {
      clearTimeout(whole);
      clearTimeout(silence);
      over.abort();
      if (stored !== undefined) void vault.remove(stored.at).catch(() => undefined);
      stored = undefined;
      reject(error instanceof Refusal ? error : malformedForm(error));
    };
    const late = (): void =>
      fail(new Refusal('request-timeout', 'body: expected the file without such a pause'));
    const whole = setTimeout(late, timeoutMs);
    const silence = setTimeout(late, idleMs);
    // The rest is between us and the file's place.
    request.on('data', () => void silence.refresh()).once('end', () => clearTimeout(silence));
    const engine = uploadEngine({
      vault,
      ticket,
      id,
      policy: desk.policy(ticket.channel),
      mostBytes,
      nameOf: withExtension,
      signal: over.signal,
      onBegun: (file) => {
        handled = file;
      },
      onStored: (file) => {
        if (over.signal.aborted) void vault.remove(file.at).catch(() => undefined);
        else stored = file;
      },
      onRefused: fail,
    });
    const form = multer({
      storage: engine,
      limits: { files: 1, fields: 4, parts: 5, fieldSize: 1024, fieldNameSize: 100, headerPairs: 20 },
    }).single('file');
    // Multer asks for Express's types and uses what Node's own requests have.
    form(request as Request, response as Response, (error: unknown) => {
      if (error !== undefined && error !== null) {
        // Multer sees that the file's stream has ended before its time; why, the one who read it knows.
        void handled.then(() => fail(error));
        return;
      }
      clearTimeout(whole);
      clearTimeout(silence);
      if (stored === undefined) fail(new Refusal('malformed', 'file: expected a form with the field "file"'));
      else resolve(stored);
    });
  });
}

function malformedForm(cause: unknown): Refusal {
  return new Refusal('malformed', 'body: expected a form with one file in the field "file"', {}, { cause });
}
