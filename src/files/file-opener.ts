import type { FetchFailure, FetchOptions, GuardedFetch, OpenedFile } from './guarded-fetch.js';
import { causeCode } from './cause-code.js';
import { counted } from './counted.js';
import { StoreError, type ByteRange, type FileStore } from './file-store.js';
import type { FileLocation } from './location.js';

/** eGain's files as this room needs them. */
export interface AssetSource {
  /** Opens an asset by a fresh signed address. Never throws for what eGain answers. */
  open(assetId: string, options: FetchOptions): Promise<OpenedFile | FetchFailure>;
}

export interface OpenOptions extends Omit<FetchOptions, 'range'> {
  readonly range?: ByteRange;
}

const notStored = { ok: false, kind: 'gone', detail: 'not in the store any more' } as const;

/** Answers of a signed address that is no longer good [contract 16 #7], or never was. */
const expired: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/** Opens a file wherever it lies; any process can. */
export class FileOpener {
  readonly #fetchers: Readonly<Record<'egain' | 'channel', Pick<GuardedFetch, 'open'>>>;
  readonly #assets: AssetSource;
  readonly #store: FileStore | undefined;
  readonly #refetch: boolean;

  constructor(parts: {
    readonly fetchers: Readonly<Record<'egain' | 'channel', Pick<GuardedFetch, 'open'>>>;
    readonly assets: AssetSource;
    readonly store: FileStore | undefined;
    /** #7: ask for an expired address again, once, where the asset's id is known. */
    readonly refetch: boolean;
  }) {
    this.#fetchers = parts.fetchers;
    this.#assets = parts.assets;
    this.#store = parts.store;
    this.#refetch = parts.refetch;
  }

  async open(at: FileLocation, options: OpenOptions): Promise<OpenedFile | FetchFailure> {
    if (at.kind === 'stored') return this.#stored(at.id, options.range);
    const asked = fetchOptions(options);
    if (at.kind === 'asset') return this.#asset(at.assetId, asked);
    const file = await this.#fetchers[at.from].open(at.url, asked);
    if (file.ok || at.assetId === undefined || !this.#refetch || !expired.has(file.status ?? 0)) return file;
    return this.#asset(at.assetId, asked);
  }

  async #asset(id: string, options: FetchOptions): Promise<OpenedFile | FetchFailure> {
    const file = await this.#assets.open(id, options);
    return file.ok ? { ...file, body: counted(file.body, options.mostBytes).body } : file;
  }

  async #stored(id: string, range: ByteRange | undefined): Promise<OpenedFile | FetchFailure> {
    const store = this.#store;
    try {
      const size = await store?.find(id);
      if (store === undefined || size === undefined) return notStored;
      if (range === undefined) {
        const body = await store.open(id);
        return body === undefined
          ? notStored
          : { ok: true, status: 200, size, body: counted(body, size).body };
      }
      const end = Math.min(range.end, size - 1);
      const body = await store.open(id, { start: range.start, end });
      if (body === undefined) return notStored;
      const contentRange = `bytes ${range.start}-${end}/${size}`;
      const length = end - range.start + 1;
      return { ok: true, status: 206, size: length, contentRange, body: counted(body, length).body };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { ok: false, kind: 'unreachable', detail: `store ${causeCode(error.cause)}` };
    }
  }
}

function fetchOptions({ mostBytes, range, signal }: OpenOptions): FetchOptions {
  return {
    mostBytes,
    ...(signal === undefined ? {} : { signal }),
    ...(range === undefined
      ? {}
      : { range: `bytes=${range.start}-${Number.isFinite(range.end) ? range.end : ''}` }),
  };
}
