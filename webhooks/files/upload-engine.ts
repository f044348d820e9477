import type { Readable } from 'node:stream';
import type { StorageEngine } from 'multer';
import { counted } from '../../src/files/counted.js';
import { firstBytes } from '../../src/files/first-bytes.js';
import { judge } from '../../src/files/judge.js';
import type { FileLocation, UploadTicket } from '../../src/files/location.js';
import { tellingBytes } from '../../src/files/sniff.js';
import type { AttachmentPolicy } from '../../src/messages/policy.js';
import { Refusal, unavailable } from '../reply.js';
import { refusedFile } from './upload-desk.js';

/** What `keep` is given: exactly `size` bytes must come out of `body`. */
export interface FileToKeep {
  /** Under which it lies where there is a store. */
  readonly id: string;
  readonly channel: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly body: Readable;
  readonly signal: AbortSignal;
}

/** Where uploaded bytes go: the shared folder, or straight on to eGain. */
export interface UploadVault {
  /** `incomplete`: the bytes were fewer or more than announced. Never throws for what the far end does. */
  keep(
    file: FileToKeep,
  ): Promise<
    | { readonly kind: 'kept'; readonly at: FileLocation }
    | { readonly kind: 'incomplete' | 'refused' | 'unavailable'; readonly cause: unknown }
  >;
  /** Takes away what was kept for a request that failed afterwards. */
  remove(at: FileLocation): Promise<void>;
}

export interface StoredUpload {
  readonly at: FileLocation;
  readonly contentType: string;
  readonly assetType: string;
}

export interface EngineParts {
  readonly vault: UploadVault;
  readonly ticket: UploadTicket;
  readonly id: string;
  readonly policy: AttachmentPolicy;
  readonly mostBytes: number;
  readonly nameOf: (name: string, extension: string | undefined) => string;
  readonly signal: AbortSignal;
  /** Resolves once `onStored` or `onRefused` was called. */
  readonly onBegun: (over: Promise<void>) => void;
  readonly onStored: (stored: StoredUpload) => void;
  readonly onRefused: (refusal: unknown) => void;
}

/**
 * Multer's storage: nothing of the file is kept in memory or on a disk of this process. It passes through, is counted,
 * is looked at, and goes on to where it will stay (I10). What a form says about the file is not believed: the ticket
 * names it.
 */
export function uploadEngine(parts: EngineParts): StorageEngine {
  const { vault, onBegun, onStored, onRefused } = parts;
  return {
    _handleFile: (_request, file, done) => {
      const over = store(file.stream, parts).then(
        (stored) => {
          onStored(stored);
          done(null, {});
        },
        (error: unknown) => {
          file.stream.resume();
          onRefused(error);
          done(error);
        },
      );
      onBegun(over);
    },
    // What was stored is taken away by who knows where it is.
    _removeFile: (_request, _file, done) => done(null),
  };

  async function store(stream: Readable, { ticket, policy, mostBytes, signal }: EngineParts) {
    const passing = counted(stream, ticket.size);
    try {
      const { head, whole } = await firstBytes(passing.body, tellingBytes);
      const verdict = await judge({ name: ticket.name, size: ticket.size, head }, policy, mostBytes);
      if (verdict.kind === 'refused') throw refusedFile(verdict);
      const { contentType, assetType, extension } = verdict;
      const name = parts.nameOf(ticket.name, extension);
      const kept = await vault.keep({
        id: parts.id,
        channel: ticket.channel,
        name,
        contentType: assetType,
        size: ticket.size,
        body: whole,
        signal,
      });
      if (kept.kind === 'kept') {
        if (passing.bytes() === ticket.size) return { at: kept.at, contentType, assetType };
        await vault.remove(kept.at);
        throw wrongSize();
      }
      if (passing.bytes() > ticket.size || kept.kind === 'incomplete') throw wrongSize();
      throw kept.kind === 'refused'
        ? new Refusal('unprocessable', 'file: expected one that eGain takes', {}, { cause: kept.cause })
        : unavailable('the file cannot be kept now', 5, kept.cause);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw passing.bytes() > ticket.size
        ? wrongSize()
        : new Refusal('malformed', 'body: expected all of the file', {}, { cause: error });
    } finally {
      passing.body.destroy();
    }
  }
}

function wrongSize(): Refusal {
  return new Refusal('unprocessable', 'size: expected as many bytes as the ticket was given for');
}
