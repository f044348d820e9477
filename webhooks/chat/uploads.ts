import { parseJson, readRawBody, readText } from '../body.js';
import { sessionOf, type ChatParts, type ChatRequest } from './entry.js';
import { Refusal, sendJson } from '../reply.js';
import { readWish, RefusedFile } from '../files/upload-desk.js';

const maxWish = 4096;

/**
 * `POST /chat/{channel}/uploads`: a session asks by JSON for a ticket, which names one file and is its customer's alone;
 * multipart/form-data with the ticket brings the file. A file that is refused is answered with `told` as well: why, in the
 * words of the channel and the language that `Accept-Language` begins with.
 */
export async function takeUpload(parts: ChatParts, chat: ChatRequest): Promise<void> {
  try {
    await take(parts, chat);
  } catch (error) {
    if (!(error instanceof RefusedFile)) throw error;
    const { code, message, headers, refusal } = error;
    const told = chat.entry.say(refusal.text, languageOf(chat), refusal.params);
    throw new Refusal(code, message, headers, { cause: error, fields: { told } });
  }
}

async function take(parts: ChatParts, chat: ChatRequest): Promise<void> {
  const { request, response, path, channel, entry, address } = chat;
  if (/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
    await parts.uploads.handler(request, response, path);
    return;
  }
  parts.intake.check();
  const session = await sessionOf(parts, chat);
  await parts.limits.take('uploads', channel, address, entry.settings.limits);
  const wish = readWish(parseJson(readText(await readRawBody(request, maxWish, parts.arrivals))));
  const { ticket, expiresAt } = await parts.uploads.desk.offer(channel, wish, session.customer.id);
  sendJson(response, 201, JSON.stringify({ ticket, expiresAt }));
}

/** The ticket that a file comes with names nobody; what the page speaks, its browser says. */
function languageOf({ request }: ChatRequest): string | undefined {
  return /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}(?=\s*(?:[,;]|$))/i.exec(
    request.headers['accept-language'] ?? '',
  )?.[0];
}
