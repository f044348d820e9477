import { pipeline, Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { causeCode } from './cause-code.js';
import { exactSize, SizeError } from './exact-size.js';
import {
  isStoredId,
  storedId,
  StoreError,
  type ByteRange,
  type FileStore,
  type Saving,
} from './file-store.js';

/** A bucket of an object store that speaks S3's protocol. */
export interface BucketSettings {
  readonly bucket: string;
  /** Start of every object's name. */
  readonly prefix: string;
  readonly region: string;
  /** Default: AWS's own in that region. */
  readonly endpoint?: string | undefined;
  /** `https://host/bucket/…` instead of `https://bucket.host/…`. */
  readonly pathStyle: boolean;
  /** Default: what the surroundings give (environment, web identity, the machine's role). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Certificate authority of the endpoint, PEM. */
  readonly ca?: string | undefined;
}

export interface BucketLimits {
  /** For how long an object is kept that nobody looks at, in milliseconds. */
  readonly keepMs: number;
  /** Longest silence of the store, in milliseconds. */
  readonly idleMs: number;
  /** Connections at most. */
  readonly connections: number;
}

/** Names listed, and objects removed at the same time, while sweeping. */
const page = 1000;
const removedAtOnce = 8;
/** Nothing tells more about an object than that it is bytes. */
const contentType = 'application/octet-stream';

const silent = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};

/** Files as objects in a bucket. One object is one request, streamed: nothing is gathered in memory. */
export class BucketStore implements FileStore {
  /** An object's length stands in the request's head. */
  readonly needsSize = true;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #keepMs: number;

  constructor(settings: BucketSettings, { keepMs, idleMs, connections }: BucketLimits) {
    const { bucket, prefix, region, endpoint, pathStyle, credentials, ca } = settings;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#keepMs = keepMs;
    const agent = { keepAlive: true, maxSockets: connections };
    this.#client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      // It would speak up on the console.
      logger: silent,
      // Newer checksums in trailers are not known to every other store; sizes are compared anyway.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: Math.min(idleMs, 5000),
        socketTimeout: idleMs,
        httpAgent: agent,
        httpsAgent: ca === undefined ? agent : { ...agent, ca },
      },
    });
  }

  async find(id: string): Promise<number | undefined> {
    const Key = this.#key(id);
    try {
      const head = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key }));
      const ageMs = Date.now() - (head.LastModified?.getTime() ?? Date.now());
      // An object's time cannot be set; copied onto itself it is new again.
      if (ageMs > this.#keepMs / 2) await this.#renew(Key).catch(() => undefined);
      return head.ContentLength;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failed(error);
    }
  }

  async save(id: string, body: Readable, { size, signal }: Saving = {}): Promise<number> {
    if (size === undefined) throw new RangeError('an object’s size must be known before its bytes');
    const Key = this.#key(id);
    const over = new AbortController();
    const passing = exactSize(size);
    // A failure of one end is handed to the other: whose it was is told by who speaks first.
    const failures: { readonly error: Error; readonly ofSource: boolean }[] = [];
    body.once('error', (error) => void failures.push({ error, ofSource: true }));
    passing.once('error', (error) => void failures.push({ error, ofSource: error instanceof SizeError }));
    pipeline(body, passing, () => {
      if (failures.length > 0) over.abort();
    });
    const abortSignal = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
    try {
      await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key,
          Body: passing,
          ContentLength: size,
          ContentType: contentType,
        }),
        { abortSignal },
      );
      return size;
    } catch (error) {
      const [why] = failures;
      passing.destroy();
      // Some stores keep what came of a request that broke off.
      await this.remove(id).catch(() => undefined);
      if (signal?.aborted === true) throw error;
      throw why?.ofSource === true ? why.error : failed(error);
    }
  }

  async open(id: string, range?: ByteRange): Promise<Readable | undefined> {
    const Range = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key(id), ...Range }),
      );
      if (!(Body instanceof Readable)) throw new TypeError('an answer without a body');
      return Body;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failed(error);
    }
  }

  async remove(id: string): Promise<void> {
    await this.#delete(this.#key(id));
  }

  async sweep(before: number): Promise<number> {
    let removed = 0;
    let ContinuationToken: string | undefined;
    do {
      const listed = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: this.#prefix,
          MaxKeys: page,
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        }),
      );
      const old = (listed.Contents ?? []).flatMap(({ Key = '', LastModified }) =>
        LastModified !== undefined &&
        LastModified.getTime() < before &&
        isStoredId(Key.slice(this.#prefix.length))
          ? [Key]
          : [],
      );
      for (let at = 0; at < old.length; at += removedAtOnce)
        await Promise.all(old.slice(at, at + removedAtOnce).map((key) => this.#delete(key)));
      removed += old.length;
      ContinuationToken = listed.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return removed;
  }

  close(): void {
    this.#client.destroy();
  }

  async #renew(Key: string): Promise<void> {
    await this.#client.send(
      new CopyObjectCommand({
        Bucket: this.#bucket,
        Key,
        CopySource: `${this.#bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`,
        MetadataDirective: 'REPLACE',
        ContentType: contentType,
      }),
    );
  }

  async #delete(Key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
  }

  #key(id: string): string {
    return this.#prefix + storedId(id);
  }
}

function failed(cause: unknown): StoreError {
  return new StoreError(`the bucket: ${causeCode(cause)}`, { cause });
}

/** A HEAD has no body to say `NoSuchKey` in. `NoSuchBucket` is no missing object. */
function isMissing(error: unknown): boolean {
  const code = causeCode(error);
  return code === 'NoSuchKey' || code === 'NotFound';
}
