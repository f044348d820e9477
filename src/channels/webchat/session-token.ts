import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Customer } from '../../messages/model.js';
import type { VerifyFailure } from '../adapter.js';

/** What a session token says; whoever holds it speaks for this customer on this channel from this origin. */
export interface SessionClaims {
  /** Names the session's record; absent in tokens of a version that kept none. */
  readonly id?: string;
  readonly channel: string;
  /** The origin that opened the session. */
  readonly origin: string;
  /** Whether that is the bridge's own page, whose browser leaves the origin away when it only reads. */
  readonly own: boolean;
  readonly customer: Customer;
  /** Whether the site vouches for the customer. */
  readonly vouched: boolean;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Web processes share a clock only nearly. */
const skewMs = 60_000;

const line = z.string().max(4096);
const customer = z.object({
  id: line,
  name: line.optional(),
  email: line.optional(),
  phone: line.optional(),
  language: line.optional(),
  timeZone: line.optional(),
  verified: z.array(z.enum(['email', 'phone'])).optional(),
  attributes: z.record(z.string(), line).optional(),
});
const claims = z.object({
  c: line,
  o: line,
  w: z.boolean(),
  u: customer,
  s: z.boolean(),
  i: z.number(),
  e: z.number(),
  n: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});

/** The site signs with the same secret: what it signed must never pass for a session, nor the other way round. */
const keyOf = (secret: string): Buffer =>
  createHmac('sha256', secret).update('egain-channel-bridge: web chat session, 1').digest();

const mac = (secret: string, payload: string): Buffer =>
  createHmac('sha256', keyOf(secret)).update(payload).digest();

/** Made with the first secret. The token is opaque to everybody but the bridge. */
export function writeSessionToken(session: SessionClaims, secrets: readonly string[]): string {
  const {
    channel: c,
    origin: o,
    own: w,
    customer: u,
    vouched: s,
    issuedAt: i,
    expiresAt: e,
    id: n,
  } = session;
  const payload = Buffer.from(JSON.stringify({ c, o, w, u, s, i, e, n })).toString('base64url');
  return `${payload}.${mac(secrets[0] ?? '', payload).toString('base64url')}`;
}

export type SessionVerdict =
  | { readonly ok: true; readonly session: SessionClaims }
  | { readonly ok: false; readonly reason: VerifyFailure };

const refused = (reason: VerifyFailure): SessionVerdict => ({ ok: false, reason });

/** Believes a token made with any of the secrets that is valid now, in milliseconds. Constant time on the secrets. */
export function checkSessionToken(token: string, secrets: readonly string[], now: number): SessionVerdict {
  const [payload = '', presented = ''] = token.split('.');
  if (token.length > 8192 || !/^[\w-]+\.[\w-]{43}$/.test(token)) return refused('malformed-signature');
  const bytes = Buffer.from(presented, 'base64url');
  const matches = secrets.some((secret) => timingSafeEqual(mac(secret, payload), bytes));
  if (!matches) return refused('wrong-signature');
  const session = readClaims(payload);
  if (session === undefined) return refused('malformed-signature');
  if (session.issuedAt > now + skewMs) return refused('future-timestamp');
  return session.expiresAt < now ? refused('stale-timestamp') : { ok: true, session };
}

/** The token of an `Authorization` header; '' when there is none. */
export function bearerToken(header: string | undefined): string {
  return /^Bearer +([^\s]+)$/i.exec(header ?? '')?.[1] ?? '';
}

/** What a token says, without asking whether it may be believed. */
export function readSessionToken(token: string): SessionClaims | undefined {
  return readClaims(token.split('.')[0] ?? '');
}

function readClaims(payload: string): SessionClaims | undefined {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  const read = claims.safeParse(json);
  if (!read.success) return undefined;
  const { c: channel, o: origin, w: own, u, s: vouched, i: issuedAt, e: expiresAt, n: id } = read.data;
  const present = Object.fromEntries(Object.entries(u).filter(([, value]) => value !== undefined));
  return {
    ...(id !== undefined && { id }),
    channel,
    origin,
    own,
    vouched,
    issuedAt,
    expiresAt,
    customer: { ...present, id: u.id },
  };
}
