import { z } from 'zod';
import { anonymousPrefix, customerOfIdentity } from '../../src/channels/webchat/identity.js';
import {
  bearerToken,
  checkSessionToken,
  writeSessionToken,
  type SessionClaims,
} from '../../src/channels/webchat/session-token.js';
import type { Customer } from '../../src/messages/model.js';
import { parseJson, readRawBody, readText } from '../body.js';
import { confirmed, isOpen, sessionOf, type ChatParts, type ChatRequest } from './entry.js';
import { Refusal, sendJson } from '../reply.js';
import { readShape } from '../../src/messages/read-shape.js';

const maxSessionBody = 16 * 1024;
/** Goes into a header of every later request, and headers end at 16 KiB. */
const longestToken = 6 * 1024;

const bodySchema = z.object({
  identity: z.string().max(8192).nullish(),
  language: z.string().max(35).nullish(),
  timeZone: z.string().max(64).nullish(),
});
type Wish = z.infer<typeof bodySchema>;

/** Opens a session, or goes on with the one whose token comes along: `POST /chat/{channel}/session`. */
export async function openSession(parts: ChatParts, chat: ChatRequest): Promise<void> {
  const { request, response, channel, entry, address, origin } = chat;
  const { settings, about } = entry;
  parts.intake.check();
  await parts.throttle.check(address);
  await parts.limits.take('sessions', channel, address, settings.limits);
  const body = await readRawBody(request, maxSessionBody, parts.arrivals);
  const read = readShape(bodySchema, body.length === 0 ? {} : parseJson(readText(body)));
  if (!read.success) {
    const field = String(read.error.issues[0]?.path[0] ?? 'body');
    throw new Refusal('malformed', `${field}: expected as documented`);
  }
  const now = parts.environment.now();
  const previous = await previousOf(parts, chat, now);
  const { customer, vouched } = await customerOf(parts, chat, read.data, previous, now);
  const goesOn = previous?.customer.id === customer.id && previous.vouched === vouched;
  const id = (goesOn ? previous.id : undefined) ?? parts.randomId();
  const session: SessionClaims = {
    id,
    channel,
    origin,
    own: origin === parts.own,
    customer: { ...spoken(read.data), ...customer },
    vouched,
    issuedAt: now,
    expiresAt: now + settings.sessionSeconds * 1000,
  };
  const token = writeSessionToken(session, settings.secrets);
  if (token.length > longestToken) throw new Refusal('unprocessable', 'identity: expected fewer claims');
  const lane = parts.keys.inboundLane(channel, session.customer.id);
  await confirmed(parts.sessions.open(lane, id, settings.sessionSeconds * 1000));
  const { id: customerId, name } = session.customer;
  sendJson(
    response,
    200,
    JSON.stringify({
      token,
      expiresAt: new Date(session.expiresAt).toISOString(),
      customer: { id: customerId, ...(name !== undefined && { name }) },
      chat: about,
    }),
  );
}

/** Ends a session: its token, and whatever was made of it, is worth nothing any more: `DELETE /chat/{channel}/session`. */
export async function endSession(parts: ChatParts, chat: ChatRequest): Promise<void> {
  const { id, channel, customer } = await sessionOf(parts, chat);
  if (id === undefined)
    throw new Refusal('unprocessable', 'session: it was opened before an upgrade and ends by itself');
  await confirmed(parts.sessions.end(parts.keys.inboundLane(channel, customer.id), id));
  sendJson(chat.response, 200, '{}');
}

/** The session whose token comes along, as long as it is open and comes from where it was opened. */
async function previousOf(
  parts: ChatParts,
  { request, channel, entry, origin }: ChatRequest,
  now: number,
): Promise<SessionClaims | undefined> {
  const previous = checkSessionToken(bearerToken(request.headers.authorization), entry.settings.secrets, now);
  if (!previous.ok) return undefined;
  const { session } = previous;
  const theirs = session.channel === channel && session.origin === origin;
  return theirs && (await isOpen(parts, session)) ? session : undefined;
}

async function customerOf(
  parts: ChatParts,
  { channel, entry, address }: ChatRequest,
  { identity }: Wish,
  previous: SessionClaims | undefined,
  now: number,
): Promise<{ readonly customer: Customer; readonly vouched: boolean }> {
  const { settings } = entry;
  if (identity !== undefined && identity !== null && identity !== '') {
    if (settings.identity === 'anonymous')
      throw new Refusal('forbidden', 'identity: this chat takes none; its setting is "anonymous"');
    const customer = await customerOfIdentity(identity, channel, settings, now);
    if (customer !== undefined) return { customer, vouched: true };
    await parts.throttle.failed(address);
    throw new Refusal('unauthenticated', 'identity: expected a token that your site has signed just now');
  }
  if (settings.identity === 'required')
    throw new Refusal('unauthenticated', 'identity: this chat is for visitors whom your site vouches for');
  // Whoever the site does not vouch for any more has signed out: nobody goes on in their name.
  return {
    customer:
      previous?.vouched === false ? previous.customer : { id: `${anonymousPrefix}${parts.randomId()}` },
    vouched: false,
  };
}

/** What the browser says about itself; anything else than a real language or time zone is left away. */
function spoken({ language, timeZone }: Wish): Partial<Customer> {
  return {
    ...attempt('language', () => Intl.getCanonicalLocales(language ?? [])[0]),
    ...attempt('timeZone', () =>
      timeZone === undefined || timeZone === null
        ? undefined
        : new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone,
    ),
  };
}

function attempt(name: 'language' | 'timeZone', read: () => string | undefined): Partial<Customer> {
  try {
    const value = read();
    return value === undefined ? {} : { [name]: value };
  } catch {
    return {};
  }
}
