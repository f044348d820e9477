import type { BridgeConfig } from '../../config/schema.js';
import { InboundFiles, type AssetOutcome, type AssetUpload } from '../../workers/inbound-files.js';
import type { Notices } from '../../workers/notices.js';
import { OutboundFiles } from '../../workers/outbound-files.js';
import { Places } from '../../workers/places.js';
import { largestAsset, type Assets } from '../egain/assets.js';
import type { Observer } from '../operations/observer.js';
import type { ConfiguredChannel } from './channels.js';
import { failureOf } from './egain-link.js';
import type { FileRoom } from './files.js';

/** The worker side's part in files. */
export function workerFiles(parts: {
  readonly config: BridgeConfig;
  readonly room: FileRoom;
  readonly assets: Assets;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly notices: Notices;
  readonly observer: Pick<Observer, 'file'>;
}): { readonly inbound: InboundFiles; readonly outbound: OutboundFiles } {
  const { config, room, assets, channels, notices, observer } = parts;
  const { files, egain } = config;
  const policies = (direction: 'inbound' | 'outbound') => {
    const byChannel = new Map(
      [...channels].map(([name, channel]) => [name, channel.capabilities.files[direction]]),
    );
    return (channel: string) => byChannel.get(channel) ?? {};
  };
  const { patienceMs, linkLifeMs, timeoutMs, concurrency } = files;
  const common = { ...room, notices, patienceMs, linkLifeMs, timeoutMs };
  const reference = egain.switches.attachment_ref;
  const upload = ({ channel, signal, ...file }: AssetUpload): Promise<AssetOutcome> =>
    assets
      .upload(
        {
          ...file,
          channelType: channels.get(channel)?.config.manifest.type ?? channel,
          senderType: 'customer',
        },
        { signal },
      )
      .then(
        ({ id }): AssetOutcome => {
          observer.file('asset', file.size);
          return { ok: true, assetId: id };
        },
        (error: unknown): AssetOutcome => ({ ok: false, failure: failureOf(error, egain.switches) }),
      );
  return {
    inbound: new InboundFiles({
      ...common,
      upload,
      reference: reference === 'asset_id' ? 'asset' : reference,
      policyOf: policies('inbound'),
      places: new Places(concurrency),
      mostBytes: Math.min(largestAsset, files.maxBytes),
    }),
    outbound: new OutboundFiles({
      ...common,
      policyOf: policies('outbound'),
      places: new Places(concurrency),
      mostBytes: files.maxBytes,
    }),
  };
}
