/** What a real hub presumably does with an attachment's public URL: fetch it (switch `fetchAttachments`). */
import { createHash } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import type { AttachmentData } from '../conversations/schema.js';
import type { Records } from '../records.js';
import { largestAsset } from './operations.js';

export class AttachmentFetcher {
  readonly #dispatcher: Dispatcher;
  readonly #records: Records;

  constructor(dispatcher: Dispatcher, records: Records) {
    this.#dispatcher = dispatcher;
    this.#records = records;
  }

  /** Starts fetching; each ends as a `file` record, with size and SHA-256 or with an error. */
  fetch(attachments: readonly AttachmentData[]): void {
    for (const { url, name = '' } of attachments) if (url !== undefined) void this.#one(url, name);
  }

  async #one(url: string, name: string): Promise<void> {
    const told = { kind: 'file', origin: 'attachment', name, url } as const;
    try {
      const answer = await request(url, {
        dispatcher: this.#dispatcher,
        signal: AbortSignal.timeout(30_000),
      });
      const hash = createHash('sha256');
      let size = 0;
      for await (const chunk of answer.body) {
        if (!Buffer.isBuffer(chunk)) continue;
        size += chunk.length;
        if (size > largestAsset) throw new Error(`more than ${largestAsset} bytes`);
        hash.update(chunk);
      }
      if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
      this.#records.add({ ...told, size, sha256: hash.digest('hex') });
    } catch (cause) {
      this.#records.add({ ...told, error: cause instanceof Error ? cause.message : String(cause) });
    }
  }
}
