import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { safeFileName } from '../../src/files/file-name.js';
import { judgeAnnounced, type FileRefusal } from '../../src/files/judge.js';
import { ticketSchema, type UploadTicket } from '../../src/files/location.js';
import type { AttachmentPolicy } from '../../src/messages/policy.js';
import { Refusal } from '../reply.js';
import { readShape } from '../../src/messages/read-shape.js';

/** What is told about a file before it is uploaded. */
export interface UploadWish {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** A channel as uploads need it. */
export interface UploadChannel {
  readonly policy: AttachmentPolicy;
}

/** Where tickets are kept; `take` gives one away once and for all. */
export interface TicketRecords {
  newToken(): string;
  put(token: string, lane: string, record: object, lifeMs: number): Promise<void>;
  take(token: string): Promise<unknown>;
}

export interface TicketAnswer {
  readonly ticket: string;
  /** Where the file goes, as multipart/form-data, with `Authorization: Bearer <ticket>`. */
  readonly uploadUrl: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

export interface UploadDeskParts {
  readonly channels: ReadonlyMap<string, UploadChannel>;
  readonly records: TicketRecords;
  readonly laneOf: (channel: string, customerId: string) => string;
  readonly publicUrl: string;
  readonly ticketLifeMs: number;
  /** Largest file, in bytes, whatever a manifest says. */
  readonly mostBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const wish = z.object(
  {
    name: z
      .string({ error: 'a file name of 1 to 255 characters' })
      .min(1, { error: 'a file name of 1 to 255 characters' })
      .max(255, { error: 'a file name of 1 to 255 characters' }),
    size: z.int({ error: 'a number of bytes' }).min(0, { error: 'a number of bytes' }),
    contentType: z.string().max(255).optional(),
    customer: z.object({ id: z.string().min(1).max(255) }).optional(),
  },
  { error: 'an object with the name and the size of a file' },
);

/** Reads the JSON that asks for a ticket. @throws {Refusal} 400 */
export function readWish(body: unknown): UploadWish & { readonly customerId: string | undefined } {
  const read = readShape(wish, body);
  if (read.success) return { name: read.data.name, size: read.data.size, customerId: read.data.customer?.id };
  const [issue] = read.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new Refusal(
    'malformed',
    `${field === '' ? 'body' : field}: expected ${issue?.message ?? 'something else'}`,
  );
}

/** Gives out tickets for uploads, each for one file and one time, and takes them back. */
export class UploadDesk {
  readonly #parts: UploadDeskParts;

  constructor(parts: UploadDeskParts) {
    this.#parts = parts;
  }

  /**
   * A ticket for a file whose name and size the channel's manifest allows. `customerId`: only messages of that customer
   * may then refer to the file; without it, any of the channel.
   * @throws {Refusal} 404 unknown channel, 422 refused by the manifest.
   */
  async offer(channel: string, { name, size }: UploadWish, customerId?: string): Promise<TicketAnswer> {
    const { records, laneOf, publicUrl, ticketLifeMs, mostBytes, now } = this.#parts;
    const file = { name: safeFileName(name), size };
    const refusal = judgeAnnounced(file, this.policy(channel), mostBytes);
    if (refusal !== undefined) throw refusedFile(refusal);
    const ticket = records.newToken();
    const record: UploadTicket = {
      kind: 'ticket',
      channel,
      ...(customerId === undefined ? {} : { customerId }),
      ...file,
    };
    await records.put(ticket, laneOf(channel, customerId ?? ''), record, ticketLifeMs);
    return {
      ticket,
      uploadUrl: `${publicUrl}/channels/${channel}/assets`,
      expiresAt: new Date(now() + ticketLifeMs).toISOString(),
    };
  }

  /** Uses a request's ticket up. Undefined when there is none, or not (any more) for this channel. */
  async redeem(request: IncomingMessage, channel: string): Promise<UploadTicket | undefined> {
    const ticket = bearer(request);
    if (ticket === undefined) return undefined;
    const read = ticketSchema.safeParse(await this.#parts.records.take(ticket));
    return read.success && read.data.channel === channel ? read.data : undefined;
  }

  /** The upload failed through no fault of the caller's: the same ticket may be used again. */
  async giveBack(request: IncomingMessage, ticket: UploadTicket): Promise<void> {
    const token = bearer(request);
    const { records, laneOf, ticketLifeMs } = this.#parts;
    if (token === undefined) return;
    await records.put(token, laneOf(ticket.channel, ticket.customerId ?? ''), ticket, ticketLifeMs);
  }

  /** @throws {Refusal} 404 */
  policy(channel: string): AttachmentPolicy {
    const known = this.#parts.channels.get(channel);
    if (known === undefined) throw new Refusal('not-found', 'channel: there is none of this name');
    return known.policy;
  }
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer ([\w-]{22,128})$/i.exec(request.headers.authorization ?? '')?.[1];
}

const expectations: Readonly<Record<FileRefusal['reason'], string>> = {
  'text-too-long': 'less',
  'typing-not-allowed': 'a file',
  'files-not-allowed': 'no files: the channel does not allow them',
  'file-extension': 'a type that the channel allows',
  'file-too-large': 'no more than the channel allows',
  'file-empty': 'at least one byte',
};

/** A file that may not pass, and what whoever sent it is told. */
export class RefusedFile extends Refusal {
  readonly refusal: FileRefusal;

  constructor(code: 'too-large' | 'unprocessable', message: string, refusal: FileRefusal) {
    super(code, message);
    this.refusal = refusal;
  }
}

/** 422, or 413 where it is the size. */
export function refusedFile(refusal: FileRefusal): RefusedFile {
  const { reason, params } = refusal;
  const [limit] = params;
  const expected = expectations[reason];
  return reason === 'file-too-large'
    ? new RefusedFile(
        'too-large',
        `size: expected ${expected}${limit === undefined ? '' : ` (${limit})`}`,
        refusal,
      )
    : new RefusedFile(
        'unprocessable',
        `${reason === 'file-empty' ? 'size' : 'file'}: expected ${expected}`,
        refusal,
      );
}
