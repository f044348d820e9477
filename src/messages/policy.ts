/** What a channel's manifest lets a customer send (contract 7, `restrictions.inbound`). */
import { canonicalExtension, extensionsOf } from './file-extension.js';
import type { Attachment, InboundMessage } from './model.js';
import type { TextName } from './texts.js';

export interface AttachmentPolicy {
  readonly enabled?: boolean;
  /** In bytes [assumed]. */
  readonly maxSize?: number;
  /** How to read `extensions` [doc: createchannel.md]. */
  readonly type?: 'allow' | 'block';
  readonly extensions?: readonly string[];
}

export interface InboundRestrictions {
  /** In UTF-16 units [assumed]. */
  readonly maxTextLength?: number;
  /** Empty or absent allows everything [doc: createchannel.md]. */
  readonly features?: readonly string[];
  readonly attachmentPolicy?: AttachmentPolicy;
}

export type RefusalReason =
  'text-too-long' | 'typing-not-allowed' | 'files-not-allowed' | 'file-extension' | 'file-too-large';

/** `params` fill `{0}`, `{1}`, … of the text that tells the sender. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly params: readonly string[];
}

export interface RefusedFile extends Refusal {
  /** Position in the message's `attachments`. */
  readonly index: number;
}

/**
 * - `ok`: all of it goes. - `without-files`: the message goes, without the files listed. - `refused`: nothing of it goes;
 * for a message that was only files, each with a problem, `files` lists them.
 */
export type InboundVerdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'without-files'; readonly dropFiles: readonly RefusedFile[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly files: readonly RefusedFile[] };

/**
 * The text that tells the customer, by its name in the manifest's `l10nProperties`; nothing where telling would only
 * disturb. Which of eGain's names is meant for which case is [assumed] from the name.
 */
export const textOfRefusal: Readonly<Record<RefusalReason, TextName | undefined>> = {
  'text-too-long': 'bridge_text_too_long',
  'typing-not-allowed': undefined,
  'files-not-allowed': 'msg_hub_invalid_content_type_to_customer',
  'file-extension': 'msg_hub_blocked_file_extension',
  'file-too-large': 'msg_hub_attachment_size_exceeds_limit',
};

/** A size as people write it, rounded down so that it never promises too much: `512 KB`, `9.5 MB`. */
export function readableSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KB'] : [bytes / (1024 * 1024), 'MB'];
  return `${Math.floor(value * 10) / 10} ${unit}`;
}

/** Whether a list of features has this one; an empty or absent list has all. */
export const lists = (features: readonly string[] | undefined, feature: string): boolean =>
  features === undefined || features.length === 0 || features.includes(feature);

/** An empty list restricts nothing, as with features [assumed]. */
function extensionRefusal(name: string, policy: AttachmentPolicy): Refusal | undefined {
  const listed = new Set((policy.extensions ?? []).map(canonicalExtension).filter((entry) => entry !== ''));
  if (listed.size === 0) return undefined;
  const extensions = extensionsOf(name);
  // Every ending is looked at, `report.exe.txt` and `a.tar.gz` alike; an entry of the list may itself be `tar.gz`.
  const endings = extensions.flatMap((extension, at) => [extension, extensions.slice(at).join('.')]);
  const last = extensions.at(-1) ?? '';
  if (policy.type === 'allow') {
    const allowed = extensions.some((_, at) => listed.has(extensions.slice(at).join('.')));
    return allowed ? undefined : { reason: 'file-extension', params: [last] };
  }
  const blocked = endings.find((ending) => listed.has(ending));
  return blocked === undefined ? undefined : { reason: 'file-extension', params: [blocked] };
}

/**
 * Why this file may not pass, or nothing. A file whose size nobody stated passes here and is counted while it is carried.
 * `policy` may be either direction's.
 */
export function checkFile(
  file: Pick<Attachment, 'name' | 'size'>,
  policy: AttachmentPolicy,
): Refusal | undefined {
  if (policy.enabled === false) return { reason: 'files-not-allowed', params: [] };
  const refusal = extensionRefusal(file.name, policy);
  if (refusal !== undefined) return refusal;
  const tooLarge = policy.maxSize !== undefined && file.size !== undefined && file.size > policy.maxSize;
  return tooLarge ? { reason: 'file-too-large', params: [readableSize(policy.maxSize)] } : undefined;
}

/** Judges one message from a customer by the manifest's `restrictions.inbound`; everything is allowed without any. */
export function checkInbound(
  message: InboundMessage,
  restrictions: InboundRestrictions = {},
): InboundVerdict {
  const { maxTextLength, features, attachmentPolicy = {} } = restrictions;
  const refused = (refusal: Refusal, files: readonly RefusedFile[] = []): InboundVerdict => ({
    kind: 'refused',
    refusal,
    files,
  });

  const typing = message.type === 'typing.start' || message.type === 'typing.end';
  if (typing && !lists(features, 'typing_events'))
    return refused({ reason: 'typing-not-allowed', params: [] });
  if (maxTextLength !== undefined && (message.text ?? '').length > maxTextLength) {
    return refused({ reason: 'text-too-long', params: [String(maxTextLength)] });
  }

  const policy = lists(features, 'attachments') ? attachmentPolicy : { enabled: false };
  const files = message.attachments ?? [];
  const dropFiles = files.flatMap((file, index): RefusedFile[] => {
    const refusal = checkFile(file, policy);
    return refusal === undefined ? [] : [{ index, ...refusal }];
  });
  const [first] = dropFiles;
  if (first === undefined) return { kind: 'ok' };
  const nothingLeft =
    message.type === 'text' && dropFiles.length === files.length && (message.text ?? '').trim() === '';
  return nothingLeft
    ? refused({ reason: first.reason, params: first.params }, dropFiles)
    : { kind: 'without-files', dropFiles };
}
