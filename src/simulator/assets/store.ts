/** Files announced, uploaded and used (contract 11). */
import type { AttachmentData } from '../conversations/schema.js';

export interface Asset {
  readonly id: string;
  readonly name: string;
  /** Bytes announced. */
  readonly size: number;
  readonly contentType: string;
  readonly channelType: string;
  readonly senderType: string;
  bytes?: Buffer;
  /** In a message: it cannot be deleted any more [doc: operation/deleteAsset]. */
  used: boolean;
}

export class Assets {
  readonly #byId = new Map<string, Asset>();

  add(asset: Asset): Asset {
    this.#byId.set(asset.id, asset);
    return asset;
  }

  get(id: string): Asset | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Asset> {
    return this.#byId.values();
  }

  uploaded(id: string): boolean {
    return this.#byId.get(id)?.bytes !== undefined;
  }

  /** Marks the assets among these attachments as used. */
  use(attachments: readonly AttachmentData[]): void {
    for (const { id } of attachments) {
      const asset = id === undefined ? undefined : this.#byId.get(id);
      if (asset !== undefined) asset.used = true;
    }
  }

  remove(id: string): boolean {
    return this.#byId.delete(id);
  }

  clear(): void {
    this.#byId.clear();
  }
}
