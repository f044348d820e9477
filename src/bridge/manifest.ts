import type { BridgeConfig } from '../../config/schema.js';
import type { OutboundRestrictions } from '../messages/outbound-policy.js';
import type { AttachmentPolicy, InboundRestrictions } from '../messages/policy.js';

type Manifest = BridgeConfig['channels'][string]['manifest'];

/** The manifest's inbound half in the words of `src/messages`; undefined when it restricts nothing. */
export function inboundRestrictions(
  manifest: Manifest,
  enforceLimit: boolean,
): InboundRestrictions | undefined {
  const inbound = manifest.restrictions?.inbound;
  if (inbound === undefined) return undefined;
  const { maxTextLength, features, attachmentPolicy: files } = inbound;
  return {
    ...(maxTextLength === undefined || !enforceLimit ? {} : { maxTextLength }),
    ...(features === undefined ? {} : { features }),
    ...(files === undefined ? {} : { attachmentPolicy: declaredPolicy(files) }),
  };
}

/** The manifest's outbound half; the text limit is met by splitting, typing and the hub's texts by `present`. */
export function outboundRestrictions(manifest: Manifest): OutboundRestrictions {
  const { features, attachmentPolicy, midChatAuth, richMessageTypes } = manifest.restrictions?.outbound ?? {};
  return {
    ...(features === undefined ? {} : { features }),
    ...(attachmentPolicy === undefined ? {} : { attachmentPolicy: declaredPolicy(attachmentPolicy) }),
    ...(midChatAuth === undefined ? {} : { midChatAuth }),
    ...(richMessageTypes === undefined ? {} : { richMessageTypes }),
  };
}

type Declared = NonNullable<
  NonNullable<NonNullable<Manifest['restrictions']>['inbound']>['attachmentPolicy']
>;

function declaredPolicy({ enabled, maxSize, type, extensions }: Declared): AttachmentPolicy {
  return {
    enabled,
    ...(maxSize === undefined ? {} : { maxSize }),
    ...(type === undefined ? {} : { type }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}

/** Which files may pass in a direction; a direction whose features leave attachments out lets none pass. */
export function filePolicy(manifest: Manifest, direction: 'inbound' | 'outbound'): AttachmentPolicy {
  const { features = [], attachmentPolicy } = manifest.restrictions?.[direction] ?? {};
  if (features.length > 0 && !features.includes('attachments')) return { enabled: false };
  if (attachmentPolicy === undefined) return {};
  return declaredPolicy(attachmentPolicy);
}
