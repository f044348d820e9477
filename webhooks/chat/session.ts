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
import type { ChatParts, ChatRequest } from './entry.js';
import { Refusal, sendJson } from '../reply.js';

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
  const read = bodySchema.safeParse(body.length === 0 ? {} : parseJson(readText(body)));
  if (!read.success) {
    const field = String(read.error.issues[0]?.path[0] ?? 'body');
    throw new Refusal('malformed', `${field}: expected as documented`);
  }
  const now = parts.environment.now();
  const { customer, vouched } = await customerOf(parts, chat, read.data, now);
  const session: SessionClaims = {
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
  const { id, name } = session.customer;
  sendJson(
    response,
    200,
    JSON.stringify({
      token,
      expiresAt: new Date(session.expiresAt).toISOString(),
      customer: { id, ...(name !== undefined && { name }) },
      chat: about,
    }),
  );
}

async function customerOf(
  parts: ChatParts,
  { request, channel, entry, address, origin }: ChatRequest,
  { identity }: Wish,
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
  const previous = checkSessionToken(bearerToken(request.headers.authorization), settings.secrets, now);
  // Whoever the site does not vouch for any more has signed out: nobody goes on in their name.
  const goesOn =
    previous.ok &&
    previous.session.channel === channel &&
    previous.session.origin === origin &&
    !previous.session.vouched;
  return {
    customer: goesOn ? previous.session.customer : { id: `${anonymousPrefix}${parts.randomId()}` },
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
