import type { AttachmentPolicy } from '../messages/policy.js';
import { lists } from '../messages/policy.js';
import { takesRich } from '../messages/outbound-policy.js';
import type { Capabilities, Support } from './adapter.js';

interface DeclaredDirection {
  readonly maxTextLength?: number | undefined;
  readonly features?: readonly string[] | undefined;
  readonly attachmentPolicy?: DeclaredFiles | undefined;
}

interface DeclaredFiles {
  readonly enabled?: boolean | undefined;
  readonly maxSize?: number | undefined;
  readonly type?: 'allow' | 'block' | undefined;
  readonly extensions?: readonly string[] | undefined;
}

/** The manifest's `restrictions`, as far as they narrow what a channel can do. */
export interface DeclaredRestrictions {
  readonly inbound?: DeclaredDirection | undefined;
  readonly outbound?:
    | (DeclaredDirection & {
        readonly systemMessages?: boolean | undefined;
        readonly midChatAuth?: boolean | undefined;
        readonly richMessageTypes?: readonly string[] | undefined;
      })
    | undefined;
}

/** What the kind of channel can do and the manifest leaves of it: what is enforced, and what the documentation shows. */
export interface EffectiveCapabilities extends Capabilities {
  /** Longest text from the customer, in UTF-16 units; absent: as long as the kind itself takes. */
  readonly inboundTextMax?: number;
  /** Which files may pass; `enabled: false` where none may. */
  readonly files: { readonly inbound: AttachmentPolicy; readonly outbound: AttachmentPolicy };
  /** Whether what the hub itself says reaches the customer. */
  readonly systemMessages: boolean;
}

/** Never more than `capabilities`, whatever is declared. */
export function effectiveCapabilities(
  capabilities: Capabilities,
  { inbound = {}, outbound = {} }: DeclaredRestrictions = {},
): EffectiveCapabilities {
  const { text, rich, typing, attachments } = capabilities;
  const files = {
    inbound: filesOf(inbound, attachments.inbound),
    outbound: filesOf(outbound, attachments.outbound),
  };
  const { midChatAuth, richMessageTypes } = outbound;
  const narrowing = {
    ...(midChatAuth === undefined ? {} : { midChatAuth }),
    ...(richMessageTypes === undefined ? {} : { richMessageTypes }),
  };
  const most = outbound.maxTextLength;
  return {
    ...capabilities,
    text: {
      ...text,
      max: Math.min(text.max, most ?? text.max),
      markup: lists(outbound.features, 'richText') ? text.markup : 'none',
    },
    // A page push is no rich message in the manifest's sense.
    rich: Object.fromEntries(
      Object.entries(rich).map(([kind, support]): [string, Support] => [
        kind,
        kind === 'pagePush' || takesRich(kind, narrowing) ? support : 'text',
      ]),
    ),
    typing: {
      inbound: typing.inbound && lists(inbound.features, 'typing_events'),
      outbound: typing.outbound && lists(outbound.features, 'typing_events'),
    },
    attachments: {
      inbound: files.inbound.enabled !== false,
      outbound: files.outbound.enabled !== false,
    },
    files,
    systemMessages: outbound.systemMessages ?? true,
    ...(inbound.maxTextLength === undefined ? {} : { inboundTextMax: inbound.maxTextLength }),
  };
}

function filesOf({ features, attachmentPolicy }: DeclaredDirection, has: boolean): AttachmentPolicy {
  if (!has || !lists(features, 'attachments')) return { enabled: false };
  const { enabled, maxSize, type, extensions } = attachmentPolicy ?? {};
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(maxSize === undefined ? {} : { maxSize }),
    ...(type === undefined ? {} : { type }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}
