/** Calls of the simulator's control API. */
import { fields, text } from './wire.js';

/** The control API said no; the message is its own. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** @throws {Refused} */
export async function call(method: Method, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`/control/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const said: unknown = answer.status === 204 ? undefined : await answer.json();
  if (!answer.ok) throw new Refused(text(fields(said)['message']) || `It answered ${answer.status}`);
  return said;
}

export interface Action {
  readonly do: string;
  readonly [field: string]: unknown;
}

export async function act(conversationId: string, ...actions: readonly Action[]): Promise<void> {
  await call('POST', `conversations/${encodeURIComponent(conversationId)}/actions`, actions);
}

/** Stores a file; the answer is an entry of the action `file`. */
export async function storeFile(file: File): Promise<unknown> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  // A few thousand at a time: all of them at once are more arguments than a call takes.
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  const type = file.type === '' ? {} : { contentType: file.type };
  return call('POST', 'files', { name: file.name, ...type, base64: btoa(binary) });
}
