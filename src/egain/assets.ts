import type { Readable } from 'node:stream';
import * as z from 'zod';
import { EgainError } from './errors.js';
import type { EgainTransport } from './http.js';
import type { CallOptions } from './resource.js';
import {
  downloadFrom,
  uploadTo,
  type DownloadedFile,
  type TransferOptions,
  type UploadMode,
} from './signed-url.js';
import { checkedRequest, readAnswer } from './validate.js';
import { anyText, open, seenNumber, seenText, text } from './wire-fields.js';

/** eGain's hard limit for one file, in bytes [doc: createasset.md]. */
export const largestAsset = 10_485_760;

const sizeError = `a whole number from 1 to ${largestAsset}`;
const assetBody = open({
  channel: open({ type: text(1, 255) }),
  /** One of the five roles [doc: createasset.md]. */
  sender: open({ type: anyText }),
  name: text(1, 255).regex(/[^.]\.[^.]+$/, { error: 'a name with extension' }),
  size: z.int({ error: sizeError }).min(1, { error: sizeError }).max(largestAsset, { error: sizeError }),
});
const upload = z.looseObject({ id: z.string().min(1), contentUrl: z.string(), contentUrlExpiry: seenText });
const download = z.looseObject({
  id: seenText,
  name: seenText,
  size: seenNumber,
  contentType: seenText,
  contentUrl: z.string(),
  contentUrlExpiry: seenText,
});

export type AssetBody = z.infer<typeof assetBody>;
/** Where to put the bytes; `contentUrlExpiry` is a date-time in GMT [doc: createasset.md]. */
export type AssetUpload = z.infer<typeof upload>;
export type AssetDownload = z.infer<typeof download>;

export interface AssetFile {
  readonly channelType: string;
  readonly senderType: string;
  /** With extension: its type follows from that [assumed]. */
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  /** Opens the bytes; called again when the upload has to begin anew. */
  readonly open: () => Readable | Promise<Readable>;
}

export interface Assets {
  create(body: AssetBody, options?: CallOptions): Promise<AssetUpload>;
  get(id: string, options?: CallOptions): Promise<AssetDownload>;
  /** Impossible once the asset was used in a message [doc: operation/deleteAsset]. */
  delete(id: string, options?: CallOptions): Promise<void>;
  /** Announces a file and streams it to its signed URL. */
  upload(file: AssetFile, options?: CallOptions): Promise<AssetUpload>;
  /** Asks for a fresh signed URL and opens it. `range`: value of a `Range` header; `maxBytes`: instead of the usual limit. */
  download(
    id: string,
    options?: CallOptions & { readonly range?: string; readonly maxBytes?: number },
  ): Promise<DownloadedFile & { readonly name?: string }>;
}

export interface AssetSettings extends Omit<TransferOptions, 'signal'> {
  readonly uploadMode: UploadMode;
  /** #7: ask for a new URL once when the signed one answers 401, 403 or 410. */
  readonly refetch: boolean;
  readonly maxDownloadBytes: number;
}

export function assets(transport: EgainTransport, settings: AssetSettings): Assets {
  const create: Assets['create'] = async (body, options) => {
    const operation = 'createAsset';
    const answer = await transport.request(operation, {
      method: 'POST',
      path: '/assets',
      body: checkedRequest(operation, assetBody, body),
      signal: options?.signal,
    });
    return readAnswer(operation, upload, answer.body);
  };
  const get: Assets['get'] = async (id, options) => {
    const operation = 'getAsset';
    const path = `/assets/${encodeURIComponent(id)}`;
    const answer = await transport.request(operation, { method: 'GET', path, signal: options?.signal });
    return readAnswer(operation, download, answer.body);
  };
  return {
    create,
    get,
    delete: async (id, options) => {
      const path = `/assets/${encodeURIComponent(id)}`;
      await transport.request('deleteAsset', { method: 'DELETE', path, signal: options?.signal });
    },
    upload: (file, options) => {
      const { channelType, senderType, name, size, contentType } = file;
      return withFreshUrl(
        () => create({ channel: { type: channelType }, sender: { type: senderType }, name, size }, options),
        async (announced) => {
          const body = await file.open();
          try {
            await uploadTo(announced.contentUrl, { name, size, contentType, body }, settings.uploadMode, {
              ...settings,
              signal: options?.signal,
            });
          } finally {
            body.destroy();
          }
          return announced;
        },
        settings.refetch,
      );
    },
    download: (id, options) =>
      withFreshUrl(
        () => get(id, options),
        async (asset) => {
          const file = await downloadFrom(asset.contentUrl, options?.maxBytes ?? settings.maxDownloadBytes, {
            ...settings,
            range: options?.range,
            signal: options?.signal,
          });
          const contentType = asset.contentType ?? file.contentType;
          const size = file.size ?? (file.contentRange === undefined ? asset.size : undefined);
          return {
            body: file.body,
            ...(file.contentRange === undefined ? {} : { contentRange: file.contentRange }),
            ...(asset.name === undefined ? {} : { name: asset.name }),
            ...(contentType === undefined ? {} : { contentType }),
            ...(size === undefined ? {} : { size }),
          };
        },
        settings.refetch,
      ),
  };
}

/** A signed URL may have ended between being given and being used: then a new one is asked for, once. */
async function withFreshUrl<Signed, Result>(
  sign: () => Promise<Signed>,
  transfer: (signed: Signed) => Promise<Result>,
  refetch: boolean,
): Promise<Result> {
  const signed = await sign();
  try {
    return await transfer(signed);
  } catch (error) {
    if (!refetch || !(error instanceof EgainError) || !urlRefusals.has(error.status ?? 0)) throw error;
  }
  return transfer(await sign());
}

const urlRefusals: ReadonlySet<number> = new Set([401, 403, 410]);
