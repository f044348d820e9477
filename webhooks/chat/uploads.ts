import { parseJson, readRawBody, readText } from '../body.js';
import { sessionOf, type ChatParts, type ChatRequest } from './entry.js';
import { sendJson } from '../reply.js';
import { readWish } from '../files/upload-desk.js';

const maxWish = 4096;

/**
 * `POST /chat/{channel}/uploads`: a session asks by JSON for a ticket, which names one file and is its customer's alone;
 * multipart/form-data with the ticket brings the file.
 */
export async function takeUpload(parts: ChatParts, chat: ChatRequest): Promise<void> {
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
