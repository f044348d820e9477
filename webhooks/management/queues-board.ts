import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
} from '@bull-board/api/typings/app';
import express, { Router, type Request, type RequestHandler } from 'express';
import type { Queue } from 'bullmq';

/** The board loads nothing from elsewhere; its scripts set styles. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Bull Board over the shards' queues, to look at only. @param basePath where it is mounted */
export function createQueuesBoard(queues: readonly Queue[], basePath: string): RequestHandler {
  const board = new LookingOnly(basePath);
  createBullBoard({
    serverAdapter: board,
    queues: queues.map(
      (queue, shard) =>
        // All of them have the same name, and the board tells queues apart by theirs.
        new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false, prefix: `shard ${shard} ` }),
    ),
    options: { uiConfig: { boardTitle: 'egain-channel-bridge', hideRedisDetails: true } },
  });
  const { router } = board;
  return (request, response, next) => {
    response.setHeader('content-security-policy', policy);
    router(request, response, next);
  };
}

/**
 * How Bull Board is served: what it would change things by is not there at all, as everything is changed through the API,
 * where it is written down; and its page asks nobody but its own server, not even for fonts.
 */
class LookingOnly implements IServerAdapter {
  readonly router = Router();
  readonly #basePath: string;
  #queues: BullBoardQueues | undefined;
  #uiConfig: Parameters<IServerAdapter['setUIConfig']>[0] = {};
  #views = '';

  constructor(basePath: string) {
    this.#basePath = basePath;
  }

  setQueues(queues: BullBoardQueues): this {
    this.#queues = queues;
    return this;
  }

  setViewsPath(path: string): this {
    this.#views = path;
    return this;
  }

  setStaticPath(route: string, folder: string): this {
    this.router.use(route, express.static(folder));
    return this;
  }

  setUIConfig(config: Parameters<IServerAdapter['setUIConfig']>[0]): this {
    this.#uiConfig = config;
    return this;
  }

  setErrorHandler(): this {
    return this;
  }

  setEntryRoute(entry: AppViewRoute): this {
    this.router.get(entry.route, async (_request, response) => {
      const { name, params } = entry.handler({ basePath: this.#basePath, uiConfig: this.#uiConfig });
      const page = await readFile(join(this.#views, name), 'utf8');
      response.type('html').send(fill(withoutForeignLinks(page), { ...params }));
    });
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    for (const route of routes) {
      if (![route.method].flat().includes('get')) continue;
      this.router.get(route.route, async (request, response) => {
        const { status = 200, body } = await route.handler(this.#asked(request));
        response.status(status).json(body);
      });
    }
    return this;
  }

  #asked({ query, params }: Request): Parameters<AppControllerRoute['handler']>[0] {
    if (this.#queues === undefined) throw new Error('the board has no queues yet');
    return { queues: this.#queues, uiConfig: this.#uiConfig, query, params, body: {}, headers: {} };
  }
}

function withoutForeignLinks(page: string): string {
  return page.replace(/<link[^>]*\bhref="https?:[^>]*>/gi, '');
}

/** The page's template has names only: `<%= name %>` is escaped, `<%- name %>` is JSON that is safe already. */
function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/<%([=-])\s*(\w+)\s*%>/g, (_found, how: string, name: string) => {
    const given = values[name];
    const value = typeof given === 'string' ? given : '';
    return how === '-' ? value : value.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
  });
}
