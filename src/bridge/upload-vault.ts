import type { UploadVault } from '../../webhooks/files/upload-engine.js';
import type { Assets } from '../egain/assets.js';
import { StoreError } from '../files/file-store.js';
import { EgainError } from '../egain/errors.js';
import type { FileRoom } from './files.js';

/**
 * Where uploads go: the store where there is one, else an asset of eGain's within the very request (I10).
 * @param typeOf eGain's type of a channel.
 */
export function uploadVault(
  { store }: Pick<FileRoom, 'store'>,
  assets: Assets,
  typeOf: (channel: string) => string,
): UploadVault {
  return {
    keep: async (file) => {
      if (store !== undefined) {
        const { id } = file;
        try {
          const size = await store.save(id, file.body, { size: file.size, signal: file.signal });
          if (size === file.size) return { kind: 'kept', at: { kind: 'stored', id } };
          await store.remove(id);
          return { kind: 'incomplete', cause: undefined };
        } catch (cause) {
          return { kind: cause instanceof StoreError ? 'unavailable' : 'incomplete', cause };
        }
      }
      let opened = false;
      const open = () => {
        // What came in cannot be sent twice: the caller has to.
        if (opened) throw new EgainError('uploadAssetContent: the file has passed', notAgain);
        opened = true;
        return file.body;
      };
      const { name, contentType, size, signal } = file;
      try {
        const asset = await assets.upload(
          { channelType: typeOf(file.channel), senderType: 'customer', name, contentType, size, open },
          { signal },
        );
        return { kind: 'kept', at: { kind: 'asset', assetId: asset.id } };
      } catch (cause) {
        if (!(cause instanceof EgainError)) throw cause;
        const kind =
          cause.kind === 'invalid-request' ? 'incomplete' : isFinal(cause) ? 'refused' : 'unavailable';
        return { kind, cause };
      }
    },
    remove: async (at) => {
      if (at.kind === 'stored') await store?.remove(at.id);
      if (at.kind === 'asset') await assets.delete(at.assetId);
    },
  };
}

const notAgain = { kind: 'network-unsent', retryable: true } as const;

function isFinal({ kind, status = 0 }: EgainError): boolean {
  return kind === 'answer' && status >= 400 && status < 500 && ![401, 404, 408, 429].includes(status);
}
