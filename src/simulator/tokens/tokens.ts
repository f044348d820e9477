/** Access tokens of the simulated login host: issued, looked up, withdrawn. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { SwitchBoard } from '../switches.js';

/** An eGain client application's credentials; `scopes` with or without prefix. */
export interface ApiClient {
  readonly id: string;
  readonly secret: string;
  readonly scopes: readonly string[];
}

export interface Grant {
  readonly clientId: string;
  /** Without prefix. */
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Cuts any prefix off: `https://api.egain.cloud/auth/app.x` and `app.x` mean the same (contract 2). */
export function bareScope(scope: string): string {
  const start = scope.indexOf('app.');
  return start === -1 ? scope : scope.slice(start);
}

export class Tokens {
  readonly #clock: Clock;
  readonly #switches: SwitchBoard;
  readonly #tenant: string;
  readonly #key = randomBytes(32);
  readonly #grants = new Map<string, Grant>();
  #issued = 0;

  constructor(clock: Clock, switches: SwitchBoard, tenant: string) {
    this.#clock = clock;
    this.#switches = switches;
    this.#tenant = tenant;
  }

  /** Tokens handed out so far. */
  get issued(): number {
    return this.#issued;
  }

  issue(
    clientId: string,
    scopes: readonly string[],
  ): { readonly token: string; readonly lifeSeconds: number } {
    const { tokenLifeSeconds, tokenFormat } = this.#switches.current;
    const now = this.#clock.now();
    const token =
      tokenFormat === 'jwt'
        ? this.#jwt(clientId, scopes, now, tokenLifeSeconds)
        : randomBytes(32).toString('base64url');
    // A client in trouble may fetch a token per call; expired ones must not pile up.
    if (this.#grants.size >= 10_000) this.#forgetExpired(now);
    const expiresAt = now + tokenLifeSeconds * 1000;
    this.#grants.set(token, { clientId, scopes: new Set(scopes), expiresAt });
    this.#issued += 1;
    return { token, lifeSeconds: tokenLifeSeconds };
  }

  /** The grant behind an `Authorization` header; undefined when there is none that is valid now. */
  grant(authorization: string | undefined): Grant | undefined {
    // Two spaces after `Bearer` are let through, as the real gateway seems to [wild: DM bridge].
    const token = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    const grant = token === undefined ? undefined : this.#grants.get(token);
    return grant !== undefined && grant.expiresAt > this.#clock.now() ? grant : undefined;
  }

  /** Makes every token issued so far worthless; calls with one get 401-104. */
  withdrawAll(): void {
    this.#grants.clear();
  }

  #forgetExpired(now: number): void {
    for (const [token, grant] of this.#grants) if (grant.expiresAt <= now) this.#grants.delete(token);
  }

  /** Claims as on the Microsoft identity platform [assumed: contract 2]. */
  #jwt(clientId: string, scopes: readonly string[], now: number, lifeSeconds: number): string {
    const seconds = Math.floor(now / 1000);
    const claims = {
      iss: `https://simulator.invalid/global/${this.#tenant}/v2.0`,
      aud: 'https://api.egain.cloud',
      iat: seconds,
      nbf: seconds,
      exp: seconds + lifeSeconds,
      azp: clientId,
      tid: this.#tenant,
      roles: scopes,
      jti: randomUUID(),
    };
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    return `${signed}.${createHmac('sha256', this.#key).update(signed).digest('base64url')}`;
  }
}
