/** Files announced, uploaded and used (contract 11). */
import type { AttachmentData } from '../conversations/schema.js';

export interface Asset {
  readonly id: string;
  readonly name: string;
  /** Bytes announced. */
  readonly size: number;
  /** The type an upload must have, by the file's name; absent = any. */
  readonly expectedType?: string;
  contentType: string;
  readonly channelType: string;
  readonly senderType: string;
  bytes?: Buffer;
  /** In a message: it cannot be deleted any more [doc: operation/deleteAsset]. */
  used: boolean;
}

export class Assets {
  readonly #bytesLimit: number;
  readonly #byId = new Map<string, Asset>();
  readonly #uploaded: Asset[] = [];
  #bytes = 0;

  /** @param bytesLimit bytes kept in all; beyond it the oldest files lose theirs. */
  constructor(bytesLimit: number) {
    this.#bytesLimit = bytesLimit;
  }

  add(asset: Asset): Asset {
    this.#byId.set(asset.id, asset);
    return asset;
  }

  get(id: string): Asset | undefined {
    return this.#byId.get(id);
  }

  store(asset: Asset, bytes: Buffer, contentType: string): void {
    this.#bytes += bytes.length - (asset.bytes?.length ?? 0);
    if (asset.bytes === undefined) this.#uploaded.push(asset);
    asset.bytes = bytes;
    asset.contentType = contentType;
    while (this.#bytes > this.#bytesLimit && this.#uploaded.length > 1) {
      const oldest = this.#uploaded.shift();
      this.#bytes -= oldest?.bytes?.length ?? 0;
      delete oldest?.bytes;
    }
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

  remove(id: string): void {
    const asset = this.#byId.get(id);
    this.#byId.delete(id);
    const place = asset === undefined ? -1 : this.#uploaded.indexOf(asset);
    if (place !== -1) this.#uploaded.splice(place, 1);
    this.#bytes -= asset?.bytes?.length ?? 0;
  }

  clear(): void {
    this.#byId.clear();
    this.#uploaded.length = 0;
    this.#bytes = 0;
  }
}
