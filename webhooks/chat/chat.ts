import { acknowledgeEvents, streamEvents } from './events.js';
import { chatRequest, type ChatParts, type ChatRequest } from './entry.js';
import { takeMessage } from './messages.js';
import { admitOrigin, answerPreflight } from './origin.js';
import { endSession, openSession } from './session.js';
import { takeUpload } from './uploads.js';
import type { Handler } from '../handler.js';
import { Refusal } from '../reply.js';

type Call = (parts: ChatParts, chat: ChatRequest) => Promise<void>;

/** What a chat can be asked for, by the last part of its address and the method. */
const calls: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  session: { POST: openSession, DELETE: endSession },
  messages: { POST: takeMessage },
  events: { GET: streamEvents, POST: acknowledgeEvents },
  uploads: { POST: takeUpload },
};

/** Everything below `/chat/{channel}`. */
export function webChat(parts: ChatParts): Handler {
  return async (request, response, path) => {
    const chat = chatRequest(parts, request, response, path);
    const name = path.pathname.split('/')[3] ?? '';
    if (path.pathname.endsWith('/')) {
      // What the page loads is named from its own address, which has no slash at its end.
      response.writeHead(308, { location: `../${chat.channel}` }).end();
      return;
    }
    if (name === '' || name.includes('.')) {
      showFile(parts, chat, name);
      return;
    }
    const methods = Object.hasOwn(calls, name) ? calls[name] : undefined;
    if (methods === undefined) throw new Refusal('not-found', 'address: there is nothing here');
    const origin = admitOrigin(request, response, chat.entry.settings.origins, parts.own);
    if (request.method === 'OPTIONS') {
      answerPreflight(response);
      return;
    }
    const call = methods[request.method ?? ''];
    if (call === undefined) {
      const allow = Object.keys(methods).join(', ');
      throw new Refusal('method-not-allowed', `method: expected ${allow}`, { allow });
    }
    await call(parts, { ...chat, origin });
  };
}

/** The page and its files: they tell nothing about anybody, so anybody may see them. */
function showFile({ files }: ChatParts, chat: Omit<ChatRequest, 'origin'>, name: string): void {
  const { request, response, channel, entry } = chat;
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refusal('method-not-allowed', 'method: expected GET', { allow: 'GET, HEAD' });
  if (name !== '') {
    files.answerFile(name, request, response);
    return;
  }
  const { origins } = entry.settings;
  files.answerPage({ channel, about: entry.about, origins }, request, response);
}
