import type { BridgeConfig } from '../../config/schema.js';
import type { EffectiveCapabilities } from '../channels/effective-capabilities.js';
import type { OutboundRestrictions } from '../messages/outbound-policy.js';
import type { InboundRestrictions } from '../messages/policy.js';

/** What a policy asks of a channel; `ConfiguredChannel` fits. */
export interface Declared {
  readonly config: { readonly manifest: BridgeConfig['channels'][string]['manifest'] };
  readonly capabilities: EffectiveCapabilities;
}

/** An empty list would allow everything [doc: createchannel.md], and there is always text. */
const always = 'text';

const listed = (has: Readonly<Record<string, boolean>>): string[] => [
  always,
  ...Object.keys(has).filter((feature) => has[feature] === true),
];

/** What a customer may send, in the words of `src/messages`; undefined when nothing is restricted. */
export function inboundRestrictions(
  { config, capabilities }: Declared,
  enforceLimit: boolean,
): InboundRestrictions | undefined {
  const { typing, files, attachments, inboundTextMax } = capabilities;
  const declared = config.manifest.restrictions?.inbound;
  if (declared === undefined && typing.inbound && attachments.inbound) return undefined;
  return {
    ...(inboundTextMax === undefined || !enforceLimit ? {} : { maxTextLength: inboundTextMax }),
    features: listed({ typing_events: typing.inbound, attachments: attachments.inbound }),
    attachmentPolicy: files.inbound,
  };
}

/** What a customer may be sent; the text limit is met by splitting, typing and the hub's texts by `present`. */
export function outboundRestrictions({ config, capabilities }: Declared): OutboundRestrictions {
  const { midChatAuth, richMessageTypes } = config.manifest.restrictions?.outbound ?? {};
  const { typing, attachments, files, text } = capabilities;
  return {
    features: listed({
      typing_events: typing.outbound,
      attachments: attachments.outbound,
      richText: text.markup !== 'none',
    }),
    attachmentPolicy: files.outbound,
    ...(midChatAuth === undefined ? {} : { midChatAuth }),
    ...(richMessageTypes === undefined ? {} : { richMessageTypes }),
  };
}
