import type { IncomingMessage } from 'node:http';
import type { Handler, RequestPath } from './handler.js';

/** The public port's handlers; `token` is absent unless the bridge issues eGain's callback tokens itself. */
export interface PublicHandlers {
  readonly callback: Handler;
  readonly channel: Handler;
  readonly token: Handler | undefined;
  /** `POST /channels/{channel}/assets` */
  readonly uploads?: Handler | undefined;
  /** `GET /assets/{token}` */
  readonly assets?: Handler | undefined;
  /** Everything below `/chat/`; absent without a web chat channel. */
  readonly chat?: Handler | undefined;
}

export interface Match {
  readonly handler: Handler;
  readonly path: RequestPath;
}

/** A channel's name as the configuration allows it; any other spelling, escapes included, is left to Express. */
const channelPath = /^\/channels\/([a-z0-9-]+)\/webhook$/;
const chatPath = /^\/chat\/([a-z0-9-]+)(?:\/[a-z.-]*)?$/;

/** Finds the hot routes by hand: this runs before Express for every request, and Express is the cost there. */
export function matchHot(request: IncomingMessage, handlers: PublicHandlers): Match | undefined {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const pathname = mark < 0 ? url : url.slice(0, mark);
  if (pathname === '/egain/callback')
    return { handler: handlers.callback, path: pathOf(url, pathname, mark, '') };
  const chat = matchChat(url, handlers);
  if (chat !== undefined) return chat;
  const channel = channelPath.exec(pathname)?.[1];
  return channel === undefined
    ? undefined
    : { handler: handlers.channel, path: pathOf(url, pathname, mark, channel) };
}

/** A chat's page and its calls: the same for both ways in, since other sites' headers are not for it. */
export function matchChat(url: string, handlers: PublicHandlers): Match | undefined {
  if (handlers.chat === undefined || !url.startsWith('/chat/')) return undefined;
  const mark = url.indexOf('?');
  const pathname = mark < 0 ? url : url.slice(0, mark);
  const channel = chatPath.exec(pathname)?.[1];
  return channel === undefined
    ? undefined
    : { handler: handlers.chat, path: pathOf(url, pathname, mark, channel) };
}

/** The query is taken apart when it is asked for: most requests have none, and nobody looks. */
class Path implements RequestPath {
  readonly pathname: string;
  readonly parameter: string;
  readonly #search: string;

  constructor(pathname: string, search: string, parameter: string) {
    this.pathname = pathname;
    this.parameter = parameter;
    this.#search = search;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }
}

export function pathOf(url: string, pathname: string, mark: number, parameter: string): RequestPath {
  return new Path(pathname, mark < 0 ? '' : url.slice(mark + 1), parameter);
}
