/** What a channel's manifest lets reach the customer (contract 7, `restrictions.outbound`). */
import { checkFile, lists, type AttachmentPolicy, type RefusedFile } from './policy.js';
import type { Attachment } from './model.js';

export interface OutboundRestrictions {
  /** In the channel's own unit. */
  readonly maxTextLength?: number;
  /** Empty or absent allows everything [doc: createchannel.md]. */
  readonly features?: readonly string[];
  readonly attachmentPolicy?: AttachmentPolicy;
  /** Whether the channel can authenticate a customer in mid-conversation [assumed]. */
  readonly midChatAuth?: boolean;
  /** Empty or absent allows every type, as with features [assumed]. */
  readonly richMessageTypes?: readonly string[];
}

/** Files of a message to the customer that may not pass. */
export function refusedOutbound(
  files: readonly Attachment[],
  { features, attachmentPolicy = {} }: OutboundRestrictions,
): readonly RefusedFile[] {
  const policy = lists(features, 'attachments') ? attachmentPolicy : { enabled: false };
  return files.flatMap((file, index): RefusedFile[] => {
    const refusal = checkFile(file, policy);
    return refusal === undefined ? [] : [{ index, ...refusal }];
  });
}

/** Whether the manifest lets a rich message of this kind pass as such; otherwise it goes as text. */
export function takesRich(kind: string, { richMessageTypes, midChatAuth }: OutboundRestrictions): boolean {
  if (kind === 'authentication' && midChatAuth === false) return false;
  const wanted = kind.toLowerCase();
  const listed = richMessageTypes ?? [];
  return (
    listed.length === 0 || listed.some((type) => type.toLowerCase().replace(/^richmessage\./, '') === wanted)
  );
}
