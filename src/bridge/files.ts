import type { BridgeConfig } from '../../config/schema.js';
import type { Assets } from '../egain/assets.js';
import { EgainError } from '../egain/errors.js';
import type { Egress } from '../egress/egress.js';
import { AllowedHosts } from '../files/allowed-hosts.js';
import type { BucketSettings } from '../files/bucket-store.js';
import { FileOpener, type AssetSource } from '../files/file-opener.js';
import { StoreError, type FileStore } from '../files/file-store.js';
import { openStore, tryStore } from '../files/open-store.js';
import { GuardedFetch } from '../files/guarded-fetch.js';
import { FileRecords } from '../lanes/file-records.js';
import { SettingError } from '../operations/setting-error.js';
import type { Core } from './core.js';

/** What either role needs to move files. */
export interface FileRoom {
  readonly records: FileRecords;
  readonly store: FileStore | undefined;
  /** A file could not be kept, and goes its way without. */
  readonly storeFailed: (error: StoreError) => void;
  readonly opener: FileOpener;
  /** Address of the link with this token. */
  readonly linkTo: (token: string) => string;
}

/** @throws {SettingError} when the store cannot be used. */
export async function openFiles(
  config: BridgeConfig,
  core: Core,
  assets: Assets,
  egress: Egress,
  onError: (error: unknown) => void,
): Promise<FileRoom> {
  const { files, egain, publicUrl } = config;
  const store = await configuredStore(files);
  await tryConfigured(store);
  const limits = { timeoutMs: files.timeoutMs, idleMs: files.idleMs };
  const fetcher = (hosts: readonly string[]): GuardedFetch =>
    new GuardedFetch({
      ...limits,
      allowed: new AllowedHosts(hosts),
      connect: egress.connector,
      isProxied: (url) => egress.isProxied(url),
    });
  return {
    records: new FileRecords(core.redis, core.keys),
    store,
    storeFailed: onError,
    opener: new FileOpener({
      fetchers: {
        channel: fetcher(files.allowHosts),
        // Where eGain itself is not on the internet, its files are not either.
        egain: fetcher([...files.allowHosts, new URL(egain.apiUrl).hostname]),
      },
      assets: assetSource(assets),
      store,
      refetch: egain.switches.refetch_asset_url,
    }),
    linkTo: (token) => `${publicUrl}/assets/${token}`,
  };
}

/** @throws {SettingError} */
export async function configuredStore(files: BridgeConfig['files']): Promise<FileStore | undefined> {
  const { store, keepMs, idleMs, concurrency } = files;
  if (store === undefined) return undefined;
  // Uploads, links and both directions' files at once, as many as each may be.
  const limits = { keepMs, idleMs, connections: connectionsPerFile * concurrency };
  return openStore(typeof store === 'string' ? store : bucketOf(store), limits).catch(unusable);
}

const connectionsPerFile = 8;

function bucketOf(store: Exclude<BridgeConfig['files']['store'], string | undefined>): BucketSettings {
  const { accessKeyId, secretAccessKey, ...bucket } = store;
  const given = accessKeyId !== undefined && secretAccessKey !== undefined;
  return { ...bucket, ...(given ? { credentials: { accessKeyId, secretAccessKey } } : {}) };
}

async function tryConfigured(store: FileStore | undefined): Promise<void> {
  if (store === undefined) return;
  await tryStore(store).catch((error: unknown) => {
    store.close();
    return unusable(error);
  });
}

function unusable(error: unknown): never {
  if (!(error instanceof StoreError)) throw error;
  throw new SettingError(`files.store: it cannot be used: ${error.message}`, { cause: error });
}

function assetSource(assets: Assets): AssetSource {
  return {
    open: async (assetId, { mostBytes, range, signal }) => {
      try {
        const file = await assets.download(assetId, {
          maxBytes: mostBytes,
          ...(range === undefined ? {} : { range }),
          ...(signal === undefined ? {} : { signal }),
        });
        const { body, size, contentType, contentRange } = file;
        return {
          ok: true,
          status: contentRange === undefined ? 200 : 206,
          body,
          ...(size === undefined ? {} : { size }),
          ...(contentType === undefined ? {} : { contentType }),
          ...(contentRange === undefined ? {} : { contentRange }),
        };
      } catch (error) {
        if (!(error instanceof EgainError)) throw error;
        const { status, retryable, kind } = error;
        // A token that cannot be had, or one that was refused: it will be otherwise another time.
        const passing = retryable || kind === 'token' || status === 401;
        return {
          ok: false,
          kind: passing ? 'unreachable' : 'gone',
          detail: status === undefined ? kind : `eGain ${status}`,
          ...(status === undefined ? {} : { status }),
        };
      }
    },
  };
}
