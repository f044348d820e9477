/** Signed URLs: the signature is the credential, no token is needed (contract 11.2). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { MovableClock } from '../clock.js';
import type { SwitchBoard } from '../switches.js';

const claimsSchema = z.object({ method: z.string(), id: z.string(), exp: z.number() });

export interface SignedUrl {
  readonly contentUrl: string;
  /** ISO 8601, GMT. */
  readonly contentUrlExpiry: string;
}

type Use = 'upload' | 'download';

export class Signatures {
  readonly #key = randomBytes(32);
  readonly #clock: MovableClock;
  readonly #switches: SwitchBoard;
  readonly #origin: () => string;

  constructor(clock: MovableClock, switches: SwitchBoard, origin: () => string) {
    this.#clock = clock;
    this.#switches = switches;
    this.#origin = origin;
  }

  /** The path is that of eGain's sample; the first claim is the method, as in the sample's signature. */
  sign(use: Use, id: string): SignedUrl {
    const { assetUrlLifeSeconds, uploadMode } = this.#switches.current;
    const method = use === 'download' ? 'GET' : uploadMode === 'put-raw' ? 'PUT' : 'POST';
    const exp = this.#clock.now() + assetUrlLifeSeconds * 1000;
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ method, id, exp })}`;
    const contentUrl = `${this.#origin()}/core/assetmgr/v3/assets/${use}?signature=${signed}.${this.#mac(signed)}`;
    return { contentUrl, contentUrlExpiry: new Date(exp).toISOString() };
  }

  /** The asset a signature is good for now with this method; undefined when it is none of that. */
  verify(signature: string, method: string): string | undefined {
    const end = signature.lastIndexOf('.');
    const signed = signature.slice(0, Math.max(0, end));
    const [given, right] = [Buffer.from(signature.slice(end + 1)), Buffer.from(this.#mac(signed))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const payload = Buffer.from(signed.split('.')[1] ?? '', 'base64url').toString('utf8');
    const claims = claimsSchema.parse(JSON.parse(payload));
    const { uploadMode } = this.#switches.current;
    const anyUpload = uploadMode === 'any' && claims.method === 'POST' && method === 'PUT';
    if (claims.method !== method && !anyUpload) return undefined;
    return claims.exp > this.#clock.now() ? claims.id : undefined;
  }

  #mac(signed: string): string {
    return createHmac('sha256', this.#key).update(signed).digest('base64url');
  }
}
