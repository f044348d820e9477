import type { BridgeConfig } from '../../config/schema.js';
import type { Assets } from '../egain/assets.js';
import { EgainError } from '../egain/errors.js';
import { AllowedHosts } from '../files/allowed-hosts.js';
import { FileOpener, type AssetSource } from '../files/file-opener.js';
import { FileStore } from '../files/file-store.js';
import { GuardedFetch } from '../files/guarded-fetch.js';
import { FileRecords } from '../lanes/file-records.js';
import { SettingError } from '../operations/setting-error.js';
import type { Core } from './core.js';

/** What either role needs to move files. */
export interface FileRoom {
  readonly records: FileRecords;
  readonly store: FileStore | undefined;
  readonly opener: FileOpener;
  /** Address of the link with this token. */
  readonly linkTo: (token: string) => string;
}

/** @throws {SettingError} when the store's folder cannot be used. */
export async function openFiles(config: BridgeConfig, core: Core, assets: Assets): Promise<FileRoom> {
  const { files, egain, publicUrl } = config;
  const store = await openStore(files.store);
  const limits = { timeoutMs: files.timeoutMs, idleMs: files.idleMs };
  const fetcher = (hosts: readonly string[]): GuardedFetch =>
    new GuardedFetch({ ...limits, allowed: new AllowedHosts(hosts) });
  return {
    records: new FileRecords(core.redis, core.keys),
    store,
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

async function openStore(path: string | undefined): Promise<FileStore | undefined> {
  if (path === undefined) return undefined;
  const store = new FileStore(path);
  await store.prepare().catch((error: unknown) => {
    throw new SettingError('files.store: the folder cannot be read and written', { cause: error });
  });
  return store;
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
