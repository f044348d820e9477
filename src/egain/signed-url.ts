import type { Readable } from 'node:stream';
import { errors, type Dispatcher } from 'undici';
import { boundedStream, readBounded } from './bounded-body.js';
import { errorFromAnswer } from './error-answer.js';
import { EgainError } from './errors.js';
import { isAcceptableUrl } from './loopback.js';
import type { AnswerHeaders } from './retry-after.js';
import { multipart } from './multipart.js';

/** #6: verb and body of an upload; the sample signature names POST, the form of the body is not documented (contract, 11.2). */
export type UploadMode = 'post-raw' | 'post-multipart' | 'put-raw';

export interface TransferOptions {
  readonly dispatcher: Dispatcher;
  /** Longest silence of the other side, in milliseconds: a large file may take longer in all. */
  readonly idleTimeoutMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly allowHttp?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface FileToUpload {
  readonly name: string;
  readonly contentType: string;
  /** Bytes; exactly as many must come out of `body`. */
  readonly size: number;
  readonly body: Readable;
}

/** Streams a file to the signed URL. No token goes along: the signature is the credential [assumed]. */
export async function uploadTo(
  contentUrl: string,
  file: FileToUpload,
  mode: UploadMode,
  options: TransferOptions,
): Promise<void> {
  const form = mode === 'post-multipart' ? multipart(file) : undefined;
  const answer = await transfer('uploadAssetContent', contentUrl, options, {
    method: mode === 'put-raw' ? 'PUT' : 'POST',
    headers: {
      'content-type': form?.contentType ?? file.contentType,
      'content-length': String(form?.size ?? file.size),
    },
    body: form?.body ?? file.body,
  });
  await answer.body.dump();
}

export interface DownloadedFile {
  /** Fails when it grows beyond the limit. Must be read to the end or destroyed. */
  readonly body: Readable;
  readonly contentType?: string;
  readonly size?: number;
  /** Given when the storage host gave the range that was asked for, and not the whole file. */
  readonly contentRange?: string;
}

/** Opens the file behind a signed URL as a stream; redirects are not followed. `range`: value of a `Range` header. */
export async function downloadFrom(
  contentUrl: string,
  maxBytes: number,
  options: TransferOptions & { readonly range?: string | undefined },
): Promise<DownloadedFile> {
  const operation = 'downloadAssetContent';
  const { range } = options;
  const headers = range === undefined ? {} : { range };
  const answer = await transfer(operation, contentUrl, options, { method: 'GET', headers, body: null });
  const { 'content-type': contentType, 'content-length': length, 'content-range': part } = answer.headers;
  const size = typeof length === 'string' && /^\d+$/.test(length) ? Number(length) : undefined;
  if (size !== undefined && size > maxBytes) {
    answer.body.on('error', () => undefined).destroy();
    throw new EgainError(`${operation}: the file has more than ${maxBytes} bytes`, {
      kind: 'answer',
      status: answer.statusCode,
      retryable: false,
    });
  }
  return {
    body: boundedStream(answer.body, maxBytes),
    ...(typeof contentType === 'string' ? { contentType } : {}),
    ...(size === undefined ? {} : { size }),
    ...(answer.statusCode === 206 && typeof part === 'string' ? { contentRange: part } : {}),
  };
}

async function transfer(
  operation: string,
  contentUrl: string,
  options: TransferOptions,
  request: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
): Promise<Dispatcher.ResponseData> {
  const url = URL.canParse(contentUrl) ? new URL(contentUrl) : undefined;
  if (url === undefined || !isAcceptableUrl(url, options.allowHttp)) {
    throw new EgainError(`${operation}: the signed URL is not https`, {
      kind: 'not-egain',
      retryable: false,
    });
  }
  let answer: Dispatcher.ResponseData;
  try {
    answer = await options.dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      ...request,
      headersTimeout: options.idleTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (cause) {
    if (cause instanceof errors.RequestContentLengthMismatchError) {
      throw new EgainError(`${operation}: the file has not the announced size`, {
        kind: 'invalid-request',
        retryable: false,
        cause,
      });
    }
    // The URL holds the signature, so the message names the operation only.
    throw new EgainError(`${operation}: the transfer failed`, {
      kind: 'network-uncertain',
      retryable: true,
      cause,
    });
  }
  if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
  const text = await readBounded(answer.body, 64 * 1024).then(String, () => '');
  const headers: AnswerHeaders = answer.headers;
  throw errorFromAnswer({ operation, status: answer.statusCode, headers, text, now: options.now() });
}
