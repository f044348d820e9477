/** What a channel's `restrictions.inbound` say against a customer's message (contract 7). */
import type { Channel } from '../resources/channels.js';
import { privateCodes } from '../refusals.js';
import type { RequestMessage } from './schema.js';

export interface BeyondLimit {
  readonly code: string;
  readonly why: string;
  /** The hub text for it, when eGain has one, and what its `{0}` stands for. */
  readonly notice?: { readonly property: string; readonly value: string };
  /** Characters that would still fit. */
  readonly cutTo?: number;
}

type Inbound = NonNullable<NonNullable<Channel['restrictions']>['inbound']>;

function allows(inbound: Inbound, feature: string): boolean {
  const { features } = inbound;
  return features === undefined || features.length === 0 || features.includes(feature);
}

function fileProblem(inbound: Inbound, name: string | undefined, size: number): BeyondLimit | undefined {
  const policy = inbound.attachmentPolicy;
  const code = privateCodes.fileRefused;
  if (policy?.enabled === false || !allows(inbound, 'attachments'))
    return { code, why: 'the channel takes no files from customers' };
  const extension = name?.split('.').slice(1).at(-1)?.toLowerCase() ?? '';
  const listed = policy?.extensions?.some((entry) => entry.toLowerCase() === extension) ?? false;
  if (policy?.type !== undefined && listed === (policy.type === 'block'))
    return {
      code,
      why: `files of type ${extension} are not allowed`,
      notice: { property: 'msg_hub_blocked_file_extension', value: extension },
    };
  const limit = policy?.maxSize;
  if (limit !== undefined && size > limit)
    return {
      code,
      why: `the file is larger than ${limit} bytes`,
      notice: { property: 'msg_hub_attachment_size_exceeds_limit', value: String(limit) },
    };
  return undefined;
}

/** What the channel says against one file of a customer; `size` in bytes. */
export function beyondFileLimit(channel: Channel, name: string, size: number): BeyondLimit | undefined {
  const inbound = channel.restrictions?.inbound;
  return inbound === undefined ? undefined : fileProblem(inbound, name, size);
}

/** The first limit that a message breaks; undefined when it keeps all of them. */
export function beyondLimits(message: RequestMessage, channel: Channel): BeyondLimit | undefined {
  const inbound = channel.restrictions?.inbound;
  if (inbound === undefined) return undefined;
  const text = message.content?.text;
  const limit = inbound.maxTextLength;
  if (text !== undefined && limit !== undefined && text.length > limit && Array.from(text).length > limit)
    return {
      code: privateCodes.textTooLong,
      why: `the text has more than ${limit} characters`,
      cutTo: limit,
    };
  for (const file of message.attachments?.attachment ?? []) {
    const problem = fileProblem(inbound, file.name, Number(file.size ?? 0));
    if (problem !== undefined) return problem;
  }
  return undefined;
}
