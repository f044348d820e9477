import { Router, type RequestHandler } from 'express';
import type { Queue } from 'bullmq';
import { operatorPages } from '../../src/operators/pages.js';
import type { Arrivals } from '../arrivals.js';
import { sendJson } from '../reply.js';
import { apiRoutes, createApi } from './api.js';
import { describeApi } from './openapi.js';
import type { ApiParts } from './parts.js';

export interface OperatorsAppParts extends ApiParts {
  readonly version: string;
  readonly queues: readonly Queue[];
  readonly arrivals: Arrivals;
  readonly redisIsThere: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** Questions that are asked by POST: nobody needs the permission to change something for them. */
export const questions: ReadonlySet<string> = new Set(['/api/search']);

/** Everything of the management port that is for operators: page, API, its description, queues. For behind the guard. */
export function createOperatorsApp(parts: OperatorsAppParts): RequestHandler {
  const router = Router();
  const routes = apiRoutes(parts);
  const pages = operatorPages();
  router.use('/api', createApi(routes, parts));
  let description: string | undefined;
  router.get('/openapi.json', (_request, response) => {
    description ??= JSON.stringify(describeApi(routes, parts.version));
    sendJson(response, 200, description);
  });
  for (const [path, first] of [
    ['/messages', 'messages.html'],
    ['/docs', 'docs.html'],
  ] as const) {
    router.get(path, (request, response, next) => {
      // Its files are named from where it lies, whatever a proxy puts before it.
      if (request.path.endsWith('/')) next();
      else response.redirect(308, `${path.slice(1)}/`);
    });
    router.get(`${path}/{:file}`, (request, response, next) => {
      const { file = first } = request.params;
      pages.answer(file, response).then((found) => {
        if (!found) next();
      }, next);
    });
  }
  let board: RequestHandler | undefined;
  router.use('/queues', (request, response, next) => {
    // It is only loaded for whoever looks at it.
    import('./queues-board.js').then(({ createQueuesBoard }) => {
      board ??= createQueuesBoard(parts.queues, '/queues');
      board(request, response, next);
    }, next);
  });
  router.get('/', (_request, response) => response.redirect(302, 'messages/'));
  return router;
}
