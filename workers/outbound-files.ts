import type { FileOpener } from '../src/files/file-opener.js';
import { safeFileName } from '../src/files/file-name.js';
import type { FileStore, StoreError } from '../src/files/file-store.js';
import { inspect } from '../src/files/inspect.js';
import type { FileLink, FileLocation } from '../src/files/location.js';
import type { ConversationCustomer } from '../src/lanes/conversations.js';
import type { FileRecords } from '../src/lanes/file-records.js';
import type { Attachment, OutboundMessage } from '../src/messages/model.js';
import type { AttachmentPolicy } from '../src/messages/policy.js';
import type { Delivery } from './delivery.js';
import type { Notices } from './notices.js';
import type { Places } from './places.js';

/**
 * What became of an agent's files. `ready`: `message` names those the channel may fetch, by links of ours; the positions
 * in `failed` could not be had; `empty`: nothing is left of the message. `wait`: again later.
 */
export type Offered =
  | {
      readonly kind: 'ready';
      readonly message: OutboundMessage;
      readonly failed: readonly number[];
      readonly empty: boolean;
      readonly detail: string;
    }
  | {
      readonly kind: 'again';
      readonly error: string;
      readonly countsAsAttempt: boolean;
      readonly afterMs?: number;
    };

export interface OutboundFilesParts {
  readonly records: FileRecords;
  readonly opener: FileOpener;
  readonly store: FileStore | undefined;
  readonly storeFailed: (error: StoreError) => void;
  readonly linkTo: (token: string) => string;
  readonly policyOf: (channel: string) => AttachmentPolicy;
  readonly notices: Pick<Notices, 'aboutFile' | 'concerns' | 'undelivered'>;
  readonly places: Places;
  readonly mostBytes: number;
  readonly patienceMs: number;
  readonly linkLifeMs: number;
  readonly timeoutMs: number;
}

type Step =
  | { readonly kind: 'ready'; readonly file: Attachment }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly detail: string }
  | Extract<Offered, { kind: 'again' }>;

/** One file of one message at one attempt. */
interface Case {
  readonly delivery: Delivery;
  readonly whose: ConversationCustomer;
  readonly messageId: string;
  readonly name: string;
}

/**
 * Offers agents' files to the channel by links of ours. Each is looked at first, so that what the manifest does not allow,
 * and what is not there any more, is known before the customer is sent to it; with a store it is fetched at once, because
 * eGain's own addresses do not live long.
 */
export class OutboundFiles {
  readonly #parts: OutboundFilesParts;

  constructor(parts: OutboundFilesParts) {
    this.#parts = parts;
  }

  /** `only`: the positions still to be offered, of a dead letter that is tried again. */
  async offer(
    delivery: Delivery,
    whose: ConversationCustomer,
    message: OutboundMessage,
    only?: readonly number[],
  ): Promise<Offered> {
    const files = message.attachments ?? [];
    const steps: (Step | undefined)[] = [];
    for (const [index, file] of files.entries()) {
      if (only?.includes(index) === false) {
        steps.push(undefined);
        continue;
      }
      const one: Case = { delivery, whose, messageId: message.id, name: safeFileName(file.name) };
      const step = await this.#parts.places.run(() => this.#one(one, file, index));
      if (step === undefined)
        return { kind: 'again', error: 'files-busy', countsAsAttempt: false, afterMs: 250 };
      if (step.kind === 'again') return step;
      steps.push(step);
    }
    if (steps.some((step) => step?.kind === 'refused') && this.#parts.notices.concerns(delivery.envelope))
      await this.#parts.notices.undelivered(delivery.envelope, delivery.mapping, 'file-refused');
    return summary(message, steps);
  }

  async #one(one: Case, file: Attachment, index: number): Promise<Step> {
    const { records, opener, store, storeFailed, linkTo, policyOf, mostBytes, linkLifeMs, timeoutMs } =
      this.#parts;
    const { delivery, whose, messageId, name } = one;
    const token = records.tokenOf('out', whose.channel, `${delivery.holding.lane}\0${messageId}`, index);
    const id = records.nameOf(token);
    const at = await locate(file, store, id);
    if (at === undefined) return this.#missing(one, 'neither an address nor an id', false);
    const found = await inspect(opener, {
      at,
      name,
      policy: policyOf(whose.channel),
      mostBytes,
      count: false,
      store: store === undefined ? undefined : { files: store, id, failed: storeFailed },
      signal: AbortSignal.any([delivery.signal, AbortSignal.timeout(timeoutMs)]),
    });
    if ('ok' in found)
      return this.#missing(one, `${found.kind}: ${found.detail}`, found.kind === 'unreachable');
    if (found.kind === 'refused') {
      await this.#tell(one);
      return { kind: 'refused' };
    }
    found.body?.destroy();
    const { contentType } = found.verdict;
    const size = found.size === undefined ? {} : { size: found.size };
    const link: FileLink = { kind: 'link', name, contentType, ...size, at: found.at, mostBytes };
    await records.put(token, delivery.holding.lane, link, linkLifeMs);
    return { kind: 'ready', file: { name, contentType, ...size, url: linkTo(token) } };
  }

  /** Waited for as long as there is patience, if that may help; then the customer is told, and the rest goes. */
  async #missing(one: Case, detail: string, mayCome: boolean): Promise<Step> {
    const { delivery } = one;
    if (delivery.signal.aborted) return { kind: 'again', error: 'broken off', countsAsAttempt: false };
    if (mayCome && delivery.now() - delivery.acceptedAt < this.#parts.patienceMs)
      return { kind: 'again', error: `file ${detail}`, countsAsAttempt: true };
    await this.#tell(one);
    return { kind: 'failed', detail };
  }

  #tell({ delivery, whose, messageId, name }: Case): Promise<void> {
    const { channel, customerId: id, language } = whose;
    return this.#parts.notices.aboutFile(
      { channel, customer: { id, ...(language === undefined ? {} : { language }) } },
      'bridge_file_unavailable',
      [name],
      { id: `${messageId}:${name}`, signal: delivery.signal },
    );
  }
}

/** In the store since an earlier attempt, else where eGain says. */
async function locate(
  { url, assetId }: Attachment,
  store: FileStore | undefined,
  id: string,
): Promise<FileLocation | undefined> {
  // A store that does not answer says so again when the file is to be kept.
  const stored = await store?.find(id).catch(() => undefined);
  if (stored !== undefined) return { kind: 'stored', id };
  if (url !== undefined)
    return { kind: 'url', url, from: 'egain', ...(assetId === undefined ? {} : { assetId }) };
  return assetId === undefined ? undefined : { kind: 'asset', assetId };
}

function summary(message: OutboundMessage, steps: readonly (Step | undefined)[]): Offered {
  const attachments = steps.flatMap((step) => (step?.kind === 'ready' ? [step.file] : []));
  const failed = steps.flatMap((step, index) => (step?.kind === 'failed' ? [index] : []));
  const [first] = steps.flatMap((step) => (step?.kind === 'failed' ? [step.detail] : []));
  const { text, html, rich, raw } = message;
  const wordless = [text, html, rich, raw].every((part) => part === undefined || part === '');
  return {
    kind: 'ready',
    message: { ...message, attachments },
    failed,
    empty: attachments.length === 0 && wordless,
    detail:
      failed.length === 0
        ? 'files refused'
        : `${failed.length} of ${steps.length} files not to be had (${first ?? ''})`,
  };
}
