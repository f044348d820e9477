import type { BridgeConfig } from '../../config/schema.js';
import type { InboundRestrictions } from '../messages/policy.js';

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
