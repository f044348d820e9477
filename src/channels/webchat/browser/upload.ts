import { readJson, type ChatSession } from './protocol.js';

export interface UploadedFile {
  readonly name: string;
  readonly assetId: string;
  readonly size: number;
  readonly contentType: string;
}

/** `told`: why it failed, for people, where the bridge said it; in the language that it was asked in. */
export type UploadResult =
  { readonly ok: true; readonly file: UploadedFile } | { readonly ok: false; readonly told?: string };

export interface UploadOptions {
  /** What the page speaks (BCP 47). */
  readonly language: string;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Uploads one file: first a ticket for its name and size, then its bytes. `onProgress` is told the share that is out, 0 to
 * 1, which `fetch` cannot tell.
 */
export async function upload(
  base: string,
  session: ChatSession,
  file: File,
  options: UploadOptions,
): Promise<UploadResult> {
  try {
    const answer = await fetch(`${base}uploads`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${session.token}`,
        'content-type': 'application/json',
        'accept-language': options.language,
      },
      body: JSON.stringify({ name: file.name, size: file.size }),
      signal: options.signal,
    });
    const ticket = fieldsOf(await answer.text());
    if (typeof ticket['ticket'] !== 'string') return failed(ticket);
    const uploaded = fieldsOf(await send(`${base}uploads`, ticket['ticket'], file, options));
    const { assetId, name, size, contentType } = uploaded;
    if (typeof assetId !== 'string') return failed(uploaded);
    return {
      ok: true,
      file: { assetId, name: String(name), size: Number(size), contentType: String(contentType) },
    };
  } catch {
    return { ok: false };
  }
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const value = readJson(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function failed({ told }: Readonly<Record<string, unknown>>): UploadResult {
  return typeof told === 'string' ? { ok: false, told } : { ok: false };
}

/** @returns the body of the answer, whatever it is */
function send(
  url: string,
  ticket: string,
  file: File,
  { language, onProgress, signal }: UploadOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file);
    request.open('POST', url);
    request.setRequestHeader('authorization', `Bearer ${ticket}`);
    request.setRequestHeader('accept-language', language);
    request.upload.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) onProgress(loaded / total);
    });
    request.addEventListener('load', () => resolve(request.responseText));
    for (const name of ['error', 'abort', 'timeout'])
      request.addEventListener(name, () => reject(new Error(name)));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}
