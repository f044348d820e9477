import { readJson, type ChatSession } from './protocol.js';

export interface UploadedFile {
  readonly name: string;
  readonly assetId: string;
  readonly size: number;
  readonly contentType: string;
}

/** Why it failed, in the bridge's words where it said some. */
export type UploadResult = { readonly ok: true; readonly file: UploadedFile } | { readonly ok: false };

/**
 * Uploads one file: first a ticket for its name and size, then its bytes. `onProgress` is told the share that is out, 0 to
 * 1, which `fetch` cannot tell.
 */
export async function upload(
  base: string,
  session: ChatSession,
  file: File,
  options: { readonly onProgress: (share: number) => void; readonly signal: AbortSignal },
): Promise<UploadResult> {
  const failed: UploadResult = { ok: false };
  try {
    const answer = await fetch(`${base}uploads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: file.name, size: file.size }),
      signal: options.signal,
    });
    const ticket: unknown = answer.ok ? await answer.json() : undefined;
    if (typeof ticket !== 'object' || ticket === null || !('ticket' in ticket)) return failed;
    const text = await send(`${base}uploads`, String(ticket.ticket), file, options);
    const uploaded = readJson(text);
    if (typeof uploaded !== 'object' || uploaded === null || !('assetId' in uploaded)) return failed;
    return { ok: true, file: uploaded as UploadedFile };
  } catch {
    return failed;
  }
}

function send(
  url: string,
  ticket: string,
  file: File,
  { onProgress, signal }: { readonly onProgress: (share: number) => void; readonly signal: AbortSignal },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file);
    request.open('POST', url);
    request.setRequestHeader('authorization', `Bearer ${ticket}`);
    request.upload.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) onProgress(loaded / total);
    });
    request.addEventListener('load', () => {
      if (request.status === 201) resolve(request.responseText);
      else reject(new Error(`HTTP ${request.status}`));
    });
    for (const name of ['error', 'abort', 'timeout'])
      request.addEventListener(name, () => reject(new Error(name)));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}
