import { Readable } from 'node:stream';
import type { FileOpener } from '../src/files/file-opener.js';
import { safeFileName, withExtension } from '../src/files/file-name.js';
import type { FileStore, StoreError } from '../src/files/file-store.js';
import { inspect, type Inspected } from '../src/files/inspect.js';
import type { FileRefusal } from '../src/files/judge.js';
import { uploadSchema, type FileLocation, type FileLink } from '../src/files/location.js';
import { unknownType } from '../src/files/content-type.js';
import type { FileRecords } from '../src/lanes/file-records.js';
import type { Attachment, InboundMessage } from '../src/messages/model.js';
import type { AttachmentPolicy } from '../src/messages/policy.js';
import type { Delivery } from './delivery.js';
import type { SendFailure } from './send-failure.js';
import type { Notices } from './notices.js';
import type { Places } from './places.js';

/** How far one file of a message has come; kept with the message, so that no file is carried twice (I5). */
export type FileState =
  | { readonly kind: 'ready'; readonly file: Attachment }
  /** The customer was told. */
  | { readonly kind: 'refused' }
  /** Not to be had; the rest goes without it. */
  | { readonly kind: 'failed'; readonly detail: string };

export type FileStates = readonly (FileState | null)[];

/**
 * What became of a message's files. `ready`: `message` is what can go now, undefined when nothing is left of it; the
 * positions in `failed` could not be had. `wait`: again later. `failure`: eGain did not take one.
 */
export type Carried =
  | {
      readonly kind: 'ready';
      readonly message: InboundMessage | undefined;
      readonly failed: readonly number[];
      readonly detail: string;
    }
  | {
      readonly kind: 'wait';
      readonly error: string;
      readonly countsAsAttempt: boolean;
      readonly afterMs?: number;
    }
  | { readonly kind: 'failure'; readonly failure: SendFailure }
  | { readonly kind: 'fenced' };

/** One file on its way into an asset of eGain's. */
export interface AssetUpload {
  readonly channel: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  /** Again when the upload begins anew. @throws when the file cannot be opened any more. */
  readonly open: () => Readable | Promise<Readable>;
  readonly signal: AbortSignal;
}

export type AssetOutcome =
  { readonly ok: true; readonly assetId: string } | { readonly ok: false; readonly failure: SendFailure };

export interface InboundFilesParts {
  readonly records: FileRecords;
  readonly opener: FileOpener;
  readonly store: FileStore | undefined;
  readonly storeFailed: (error: StoreError) => void;
  readonly linkTo: (token: string) => string;
  readonly upload: (file: AssetUpload) => Promise<AssetOutcome>;
  readonly policyOf: (channel: string) => AttachmentPolicy;
  /** #5: how a message names its file. */
  readonly reference: 'url' | 'asset' | 'both';
  readonly notices: Pick<Notices, 'aboutFile'>;
  readonly places: Places;
  readonly mostBytes: number;
  readonly patienceMs: number;
  readonly linkLifeMs: number;
  readonly timeoutMs: number;
}

type Step = FileState | Exclude<Carried, { kind: 'ready' | 'fenced' }>;

/** One file of one message at one attempt. */
interface Case {
  readonly delivery: Delivery;
  readonly channel: string;
  readonly message: InboundMessage;
  readonly name: string;
  /** Of our link to it, the same at every attempt. */
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Makes customers' files ready to be named in a message to eGain. */
export class InboundFiles {
  readonly #parts: InboundFilesParts;

  constructor(parts: InboundFilesParts) {
    this.#parts = parts;
  }

  /** `known`: what was kept of an earlier attempt; `keep` writes it down and says whether the lane is still ours. */
  async carry(
    delivery: Delivery,
    channel: string,
    message: InboundMessage,
    known: FileStates,
    keep: (states: FileStates) => Promise<boolean>,
  ): Promise<Carried> {
    const { places, records, timeoutMs } = this.#parts;
    const files = message.attachments ?? [];
    const states = files.map((_, index) => known[index] ?? null);
    for (const [index, file] of files.entries()) {
      if (states[index] !== null) continue;
      const one: Case = {
        delivery,
        channel,
        message,
        name: safeFileName(file.name),
        token: records.tokenOf('in', channel, `${message.customer.id}\0${message.id}`, index),
        signal: AbortSignal.any([delivery.signal, AbortSignal.timeout(timeoutMs)]),
      };
      const step = await places.run(() =>
        file.assetId === undefined ? this.#linked(one, file.url ?? '') : this.#uploaded(one, file.assetId),
      );
      if (step === undefined)
        return { kind: 'wait', error: 'files-busy', countsAsAttempt: false, afterMs: 250 };
      if (step.kind === 'wait' || step.kind === 'failure') return step;
      states[index] = step;
      // A link is the same every time; only what was uploaded or told must not be done again.
      if (step.kind !== 'ready' || step.file.assetId !== undefined) {
        if (!(await keep(states))) return { kind: 'fenced' };
      }
    }
    return summary(message, states);
  }

  /** A file behind an address of the channel's. */
  async #linked(one: Case, url: string): Promise<Step> {
    const { opener, store, storeFailed, records, policyOf, mostBytes } = this.#parts;
    const found = await inspect(opener, {
      at: { kind: 'url', url, from: 'channel' },
      name: one.name,
      policy: policyOf(one.channel),
      mostBytes,
      count: true,
      store:
        store === undefined
          ? undefined
          : { files: store, id: records.nameOf(one.token), failed: storeFailed },
      signal: one.signal,
    });
    if ('ok' in found)
      return this.#missing(one, `${found.kind}: ${found.detail}`, found.kind === 'unreachable');
    if (found.kind === 'refused') return this.#refused(one, found);
    const step = await this.#refer(one, found);
    found.body?.destroy();
    return step;
  }

  /** A file that was uploaded before the message: only the channel, and the customer, it came for may name it. */
  async #uploaded(one: Case, reference: string): Promise<Step> {
    const upload = uploadSchema.safeParse(await this.#parts.records.get(reference)).data;
    const theirs = upload?.customerId === undefined || upload.customerId === one.message.customer.id;
    if (upload?.channel !== one.channel || !theirs) return this.#missing(one, 'unknown upload', false);
    const { name, contentType, assetType, at, size } = upload;
    const verdict = { kind: 'fine', contentType, assetType } as const;
    return this.#refer({ ...one, name }, { kind: 'fine', verdict, at, size, body: undefined });
  }

  /** Puts it where the message can point at: into an asset, behind a link of ours, or both. */
  async #refer(one: Case, found: Inspected): Promise<Step> {
    const { reference, records, linkTo, linkLifeMs } = this.#parts;
    const { verdict, at, size = 0 } = found;
    const name = withExtension(one.name, verdict.extension);
    let assetId = at.kind === 'asset' ? at.assetId : undefined;
    if (reference !== 'url' && assetId === undefined) {
      const outcome = await this.#upload(one, found, name);
      if (outcome === undefined) return this.#missing(one, 'it broke off', true);
      if (!outcome.ok) {
        const { failure } = outcome;
        return failure.kind === 'permanent'
          ? this.#missing(one, failure.error, false)
          : { kind: 'failure', failure };
      }
      assetId = outcome.assetId;
    }
    if (reference === 'asset' && assetId !== undefined)
      return { kind: 'ready', file: { name, size, contentType: verdict.assetType, assetId } };
    const contentType = verdict.contentType === unknownType ? verdict.assetType : verdict.contentType;
    const link: FileLink = {
      kind: 'link',
      name,
      contentType,
      size,
      at: at.kind === 'url' && assetId !== undefined ? { kind: 'asset', assetId } : at,
      mostBytes: size,
    };
    await records.put(one.token, one.delivery.holding.lane, link, linkLifeMs);
    const file = { name, size, contentType, url: linkTo(one.token) };
    return {
      kind: 'ready',
      file: reference === 'both' && assetId !== undefined ? { ...file, assetId } : file,
    };
  }

  /** Undefined when the file itself could not be read to its end: not eGain's fault. */
  async #upload(one: Case, { verdict, at, size = 0, body }: Inspected, name: string) {
    const { upload, opener, mostBytes } = this.#parts;
    const { channel, signal } = one;
    let opened = body;
    const source = { broken: false };
    const open = async (): Promise<Readable> => {
      const first = opened;
      opened = undefined;
      const file = first ?? (await reopen(opener, at, mostBytes, signal));
      file?.once('error', () => (source.broken = true));
      if (file === undefined) source.broken = true;
      // Announced as so many bytes and given none: the upload fails, and we know why.
      return file ?? Readable.from([]);
    };
    const outcome = await upload({ channel, name, contentType: verdict.assetType, size, open, signal });
    return source.broken && !outcome.ok ? undefined : outcome;
  }

  async #refused({ channel, message, delivery, name }: Case, { text, params }: FileRefusal): Promise<Step> {
    const cause = { id: `${message.id}:${name}`, signal: delivery.signal };
    await this.#parts.notices.aboutFile({ channel, customer: message.customer }, text, params, cause);
    return { kind: 'refused' };
  }

  /** Waited for as long as there is patience, if that may help; then the customer is told, and the rest goes. */
  async #missing(
    { channel, message, delivery, name }: Case,
    detail: string,
    mayCome: boolean,
  ): Promise<Step> {
    if (delivery.signal.aborted) return { kind: 'wait', error: 'broken off', countsAsAttempt: false };
    if (mayCome && delivery.now() - delivery.acceptedAt < this.#parts.patienceMs)
      return { kind: 'wait', error: `file ${detail}`, countsAsAttempt: true };
    const whose = { channel, customer: message.customer };
    const cause = { id: `${message.id}:${name}`, signal: delivery.signal };
    await this.#parts.notices.aboutFile(whose, 'bridge_file_undelivered', [name], cause);
    return { kind: 'failed', detail };
  }
}

async function reopen(
  opener: FileOpener,
  at: FileLocation,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Readable | undefined> {
  const file = await opener.open(at, { mostBytes, signal });
  return file.ok ? file.body : undefined;
}

function summary(message: InboundMessage, states: FileStates): Carried {
  const attachments = states.flatMap((state) => (state?.kind === 'ready' ? [state.file] : []));
  const failed = states.flatMap((state, index) => (state?.kind === 'failed' ? [index] : []));
  const refused = states.filter((state) => state?.kind === 'refused').length;
  const [first] = states.flatMap((state) => (state?.kind === 'failed' ? [state.detail] : []));
  const nothingLeft = attachments.length === 0 && message.type === 'text' && (message.text ?? '') === '';
  const detail = [
    ...(failed.length === 0
      ? []
      : [`${failed.length} of ${states.length} files not to be had (${first ?? ''})`]),
    ...(refused === 0 ? [] : [`${refused} of ${states.length} files refused`]),
  ].join(', ');
  return { kind: 'ready', message: nothingLeft ? undefined : { ...message, attachments }, failed, detail };
}
