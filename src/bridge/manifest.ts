import type { BridgeConfig } from '../../config/schema.js';
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
    ...(files === undefined
      ? {}
      : {
          attachmentPolicy: {
            enabled: files.enabled,
            ...(files.maxSize === undefined ? {} : { maxSize: files.maxSize }),
            ...(files.type === undefined ? {} : { type: files.type }),
            ...(files.extensions === undefined ? {} : { extensions: files.extensions }),
          },
        }),
  };
}

/** Which files may pass in a direction; a direction whose features leave attachments out lets none pass. */
export function filePolicy(manifest: Manifest, direction: 'inbound' | 'outbound'): AttachmentPolicy {
  const { features = [], attachmentPolicy } = manifest.restrictions?.[direction] ?? {};
  if (features.length > 0 && !features.includes('attachments')) return { enabled: false };
  if (attachmentPolicy === undefined) return {};
  const { enabled, maxSize, type, extensions } = attachmentPolicy;
  return {
    enabled,
    ...(maxSize === undefined ? {} : { maxSize }),
    ...(type === undefined ? {} : { type }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}
