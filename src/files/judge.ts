import { checkFile, type AttachmentPolicy, type Refusal } from '../messages/policy.js';
import type { TextName } from '../messages/texts.js';
import { contentTypeOf, unknownType } from './content-type.js';
import { compareWithName, sniff, tellsType } from './sniff.js';

/** Why a file may not pass; `text` tells the sender, filled with `params`. */
export interface FileRefusal {
  readonly kind: 'refused';
  readonly reason: Refusal['reason'] | 'file-empty';
  readonly text: TextName;
  readonly params: readonly string[];
}

export interface FineFile {
  readonly kind: 'fine';
  /** By its bytes where they tell, else by its name. */
  readonly contentType: string;
  /** By its name where it has one, as eGain expects it of an asset [assumed]. */
  readonly assetType: string;
  /** By its bytes. */
  readonly extension?: string;
}

/** By its name and size alone: for what is announced before a byte is sent. */
export function judgeAnnounced(
  file: { readonly name: string; readonly size?: number | undefined },
  policy: AttachmentPolicy,
  mostBytes: number,
): FileRefusal | undefined {
  const { name, size } = file;
  if (size === 0) return { kind: 'refused', reason: 'file-empty', text: 'bridge_file_empty', params: [name] };
  const maxSize = Math.min(policy.maxSize ?? mostBytes, mostBytes);
  const refusal = checkFile({ name, ...(size === undefined ? {} : { size }) }, { ...policy, maxSize });
  return refusal === undefined ? undefined : told(refusal);
}

/**
 * By its name, its size and its first bytes. What the bytes are must be allowed as well as what the name says; something
 * that can be started never passes under the name of something else, whatever the policy.
 */
export async function judge(
  file: { readonly name: string; readonly size?: number | undefined; readonly head: Buffer },
  policy: AttachmentPolicy,
  mostBytes: number,
): Promise<FineFile | FileRefusal> {
  const { name, head } = file;
  const announced = judgeAnnounced({ name, size: head.length === 0 ? 0 : file.size }, policy, mostBytes);
  if (announced !== undefined) return announced;
  const seen = await sniff(head);
  const comparison = compareWithName(name, seen);
  if (seen !== undefined && comparison !== 'honest') {
    if (comparison === 'disguised') return told({ reason: 'file-extension', params: [seen.extension] });
    const { type, extensions } = policy;
    const refusal = checkFile(
      { name: `file.${seen.extension}` },
      { ...(type === undefined ? {} : { type }), ...(extensions === undefined ? {} : { extensions }) },
    );
    if (refusal !== undefined) return told(refusal);
  }
  const byName = contentTypeOf(name);
  const byBytes = seen !== undefined && tellsType(seen) ? seen.contentType : undefined;
  return {
    kind: 'fine',
    contentType: byBytes ?? byName ?? seen?.contentType ?? unknownType,
    assetType: byName ?? seen?.contentType ?? unknownType,
    ...(seen === undefined ? {} : { extension: seen.extension }),
  };
}

/** More bytes came than anybody announced. */
export function tooLarge(policy: AttachmentPolicy, mostBytes: number): FileRefusal {
  const maxSize = Math.min(policy.maxSize ?? mostBytes, mostBytes);
  const refusal = checkFile({ name: 'file', size: maxSize + 1 }, { maxSize });
  return told(refusal ?? { reason: 'file-too-large', params: [] });
}

const texts: Readonly<Record<Refusal['reason'], TextName>> = {
  'text-too-long': 'bridge_text_too_long',
  'typing-not-allowed': 'msg_hub_invalid_content_type_to_customer',
  'files-not-allowed': 'msg_hub_invalid_content_type_to_customer',
  'file-extension': 'msg_hub_blocked_file_extension',
  'file-too-large': 'msg_hub_attachment_size_exceeds_limit',
};

function told({ reason, params }: Refusal): FileRefusal {
  return { kind: 'refused', reason, text: texts[reason], params };
}
