import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PageFiles } from '../../operations/page-files.js';
import { namesLoopback } from '../../operations/own-host.js';
import type { JourneyFeed } from './journey-feed.js';
import type { Places } from './places.js';

export interface StartPage {
  readonly url: string;
  close(): Promise<void>;
}

export interface StartPageParts {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly places: Places;
  readonly feed: JourneyFeed;
  /** Told when a look at Redis fails; the next one follows all the same. */
  readonly onError: (error: unknown) => void;
}

/** Often enough for the eye to follow a message. */
const lookEveryMs = 80;

/** The page that shows customer, bridge and desk side by side. For people on this machine only. */
export async function serveStartPage(parts: StartPageParts): Promise<StartPage> {
  const { port, places, feed, onError } = parts;
  const frames = [...new Set([places.chat, places.desk].map((place) => new URL(place).origin))];
  const files = new PageFiles(new URL('browser/', import.meta.url), { frames });
  const server = createServer((request, response) => {
    void answer(files, parts, request, response).catch(onError);
  });
  await listen(server, port);
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= feed
      .look()
      .catch(onError)
      .finally(() => (looking = undefined));
  }, lookEveryMs);
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      clearInterval(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await looking;
    },
  };
}

async function answer(
  files: PageFiles,
  { places, feed }: StartPageParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  const path = (request.url ?? '/').replace(/[?#].*/s, '');
  if (!namesLoopback(request.headers.host)) response.writeHead(421).end();
  else if (request.method !== 'GET') response.writeHead(405, { allow: 'GET' }).end();
  else if (path === '/journeys') stream(feed, response);
  else if (path === '/places')
    response
      .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(JSON.stringify(places));
  else if (!(await files.answer(path === '/' ? 'start.html' : path.slice(1), response)))
    response.writeHead(404).end();
}

function stream(feed: JourneyFeed, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': journeys follow\n\n');
  const stop = feed.subscribe((card) => void response.write(`data: ${JSON.stringify(card)}\n\n`));
  response.once('close', stop);
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
