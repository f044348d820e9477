/** The `Authorization` the hub shows at a callback: Basic, or a token fetched by the registered recipe (contract 4). */
import { JSONPath } from 'jsonpath-plus';
import { type Dispatcher, request } from 'undici';
import type { Authentication } from '../resources/authentications.js';
import type { Stored } from '../resources/collection.js';
import type { Records } from '../records.js';

type OAuth2 = Extract<Authentication, { type: 'oauth2' }>;

/** `value` absent = the callback is registered without authentication. */
export type Authorization =
  { readonly ok: true; readonly value?: string } | { readonly ok: false; readonly error: string };

export class CallbackAuthorizations {
  readonly #dispatcher: Dispatcher;
  readonly #records: Records;
  /** One fetch at a time per authentication; the promise stays as the cached token. */
  readonly #tokens = new Map<string, Promise<Authorization>>();

  constructor(dispatcher: Dispatcher, records: Records) {
    this.#dispatcher = dispatcher;
    this.#records = records;
  }

  /** @param refused the value a callback has just answered 401 to: never given again for a recipe. */
  async get(
    authentication: Stored<Authentication> | undefined,
    timeoutMs: number,
    refused?: string,
  ): Promise<Authorization> {
    if (authentication === undefined) return { ok: true };
    if (authentication.type === 'basic') {
      const { username, password } = authentication.basicAuth;
      return { ok: true, value: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
    }
    const key = `${authentication.id} ${authentication.modified}`;
    const known = this.#tokens.get(key);
    if (known !== undefined) {
      const value = await known;
      if (value.ok && (refused === undefined || value.value !== refused)) return value;
    }
    // Somebody else may have renewed it while this caller waited.
    const renewing = this.#tokens.get(key);
    if (renewing !== undefined && renewing !== known) return await renewing;
    const fetched = this.#fetch(authentication, timeoutMs);
    this.#tokens.set(key, fetched);
    const value = await fetched;
    if (!value.ok && this.#tokens.get(key) === fetched) this.#tokens.delete(key);
    return value;
  }

  /** Forgets every token, so that the next callback fetches a new one. */
  forget(): void {
    this.#tokens.clear();
  }

  async #fetch({ oauth2 }: OAuth2, timeoutMs: number): Promise<Authorization> {
    const { tokenRequestUrl: url, method, headers, payload, accessTokenPath } = oauth2;
    try {
      const answer = await request(url, {
        dispatcher: this.#dispatcher,
        method: httpMethod(method),
        headers: Object.fromEntries((headers ?? []).map(({ name, value }) => [name.toLowerCase(), value])),
        ...(payload === '' ? {} : { body: payload }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await answer.body.text();
      this.#records.add({ kind: 'callback-token', url, status: answer.statusCode });
      if (answer.statusCode >= 300)
        return { ok: false, error: `the token endpoint answered ${answer.statusCode}` };
      const json: unknown = JSON.parse(text);
      const token = select(accessTokenPath, json);
      return token === undefined
        ? { ok: false, error: `nothing at ${accessTokenPath} in the token answer` }
        : { ok: true, value: `Bearer ${token}` };
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      this.#records.add({ kind: 'callback-token', url, error });
      return { ok: false, error: `token request failed: ${error}` };
    }
  }
}

function httpMethod(name: string): Dispatcher.HttpMethod {
  const upper = name.toUpperCase();
  return upper === 'GET' || upper === 'PUT' ? upper : 'POST';
}

/** Script expressions in the path are refused: it comes from whoever may write an authentication. */
function select(path: string, json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const found: unknown = JSONPath({ path, json, wrap: false, eval: false });
  return typeof found === 'string' && found !== '' ? found : undefined;
}
