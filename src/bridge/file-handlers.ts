import { isUtf8 } from 'node:buffer';
import type { BridgeConfig } from '../../config/schema.js';
import { assetLink } from '../../webhooks/files/asset-link.js';
import type { Arrivals } from '../../webhooks/arrivals.js';
import type { FailureThrottle } from '../../webhooks/caller.js';
import { rawRequest } from '../../webhooks/channel-webhook.js';
import type { Handler } from '../../webhooks/handler.js';
import { Refusal } from '../../webhooks/reply.js';
import { UploadDesk } from '../../webhooks/files/upload-desk.js';
import { channelUploads, type AuthorizeUpload } from '../../webhooks/files/uploads.js';
import { largestAsset, type Assets } from '../egain/assets.js';
import type { Keyspace } from '../lanes/keyspace.js';
import type { Observer } from '../operations/observer.js';
import type { ConfiguredChannel } from './channels.js';
import type { FileRoom } from './files.js';
import { uploadVault } from './upload-vault.js';

/** The web side's part in files. `desk` gives tickets to whoever proves customers in another way, such as the web chat. */
export interface FileHandlers {
  readonly desk: UploadDesk;
  readonly uploads: Handler;
  readonly assets: Handler;
}

export function fileHandlers(parts: {
  readonly config: BridgeConfig;
  readonly room: FileRoom;
  readonly assets: Assets;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly keys: Keyspace;
  readonly throttle: FailureThrottle;
  readonly arrivals: Arrivals;
  readonly observer: Pick<Observer, 'file'>;
  /** Channels whose callers prove themselves otherwise than by a signature over the request. */
  readonly authorize?: ReadonlyMap<string, AuthorizeUpload>;
}): FileHandlers {
  const { config, room, assets, channels, keys, throttle, arrivals, observer, authorize } = parts;
  const { files, server } = config;
  const laneOf = (channel: string, customerId: string): string => keys.inboundLane(channel, customerId);
  const mostBytes = Math.min(largestAsset, files.maxBytes);
  const desk = new UploadDesk({
    channels: new Map(
      [...channels].map(([name, channel]) => [name, { policy: channel.capabilities.files.inbound }]),
    ),
    records: room.records,
    laneOf,
    publicUrl: config.publicUrl,
    ticketLifeMs: files.ticketLifeMs,
    mostBytes,
    now: Date.now,
  });
  const typeOf = (channel: string): string => channels.get(channel)?.config.manifest.type ?? channel;
  return {
    desk,
    uploads: channelUploads({
      desk,
      vault: uploadVault(room, assets, typeOf),
      records: room.records,
      laneOf,
      authorize: new Map([
        ...[...channels].map(([name, channel]): [string, AuthorizeUpload] => [name, signedUpload(channel)]),
        ...(authorize ?? []),
      ]),
      throttle,
      arrivals,
      trustProxy: server.trustProxy,
      mostBytes,
      uploadLifeMs: files.uploadLifeMs,
      timeoutMs: files.timeoutMs,
      idleMs: files.idleMs,
      concurrency: files.concurrency,
      carried: (bytes) => observer.file('upload', bytes),
    }),
    assets: assetLink({
      records: room.records,
      opener: room.opener,
      // Several customers and eGain may fetch while uploads go on.
      concurrency: 4 * files.concurrency,
      carried: (bytes) => observer.file('link', bytes),
    }),
  };
}

/** A call that the channel signed as it signs its messages. */
function signedUpload({ adapter, settings }: ConfiguredChannel): AuthorizeUpload {
  return (request, path, body) => {
    const verdict = adapter.verify(rawRequest(request, path, body), settings(), { now: Date.now });
    if (!verdict.ok) {
      const code = verdict.status === 400 ? 'malformed' : 'unauthenticated';
      return Promise.reject(new Refusal(code, `signature: ${verdict.reason}`));
    }
    if (!isUtf8(body)) return Promise.reject(new Refusal('malformed', 'body: expected JSON in UTF-8'));
    return Promise.resolve({});
  };
}
