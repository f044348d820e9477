import { Router, type Request, type Response } from 'express';
import type { Arrivals } from '../arrivals.js';
import { parseJson, readRawBody, readText } from '../body.js';
import { refuse } from '../refuse.js';
import { Refusal, sendJson, unavailable } from '../reply.js';
import { actRoutes } from './act-routes.js';
import { deadLetterRoutes } from './dead-letter-routes.js';
import { lookRoutes } from './look-routes.js';
import { operatorOf, requirePermission } from './guard.js';
import type { ApiParts } from './parts.js';
import type { Route } from './route.js';

/** An answer names at most a hundred dead letters. */
const longestBody = 64 * 1024;

/** Every operation of the API. */
export function apiRoutes(parts: ApiParts): readonly Route[] {
  return [...lookRoutes(parts), ...deadLetterRoutes(parts), ...actRoutes(parts)];
}

/** Serves the operations, for requests that the guard has let through. */
export function createApi(
  routes: readonly Route[],
  parts: {
    readonly arrivals: Arrivals;
    /** Whether Redis can be asked at the moment. */
    readonly redisIsThere: () => boolean;
    readonly onError: (error: unknown) => void;
  },
): Router {
  const router = Router();
  for (const route of routes) {
    router[route.method](expressPath(route.path), async (request, response) => {
      try {
        sendJson(response, 200, JSON.stringify(await answer(route, request, response)));
      } catch (error) {
        refuse(request, response, refusalOf(error));
      }
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
    const allow = methods.join(', ');
    router.all(expressPath(path), (request, response) => {
      refuse(request, response, new Refusal('method-not-allowed', `method: expected ${allow}`, { allow }));
    });
  }
  return router;

  async function answer(route: Route, request: Request, response: Response): Promise<unknown> {
    if (route.readsTexts) requirePermission(request, 'texts');
    const left = new AbortController();
    response.once('close', () => left.abort());
    return route.run({
      params: paramsOf(request),
      query: { ...request.query },
      body:
        route.method === 'get' || route.body === undefined
          ? undefined
          : parseJson(readText(await readRawBody(request, longestBody, parts.arrivals))),
      operator: operatorOf(request),
      signal: left.signal,
    });
  }

  function refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) {
      if (error.cause !== undefined) parts.onError(error.cause);
      return error;
    }
    parts.onError(error);
    return parts.redisIsThere()
      ? new Refusal('internal-error', 'the bridge failed to handle the request', {}, { cause: error })
      : unavailable('Redis does not answer', 1, error);
  }
}

function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function paramsOf(request: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.join('/'),
    ]),
  );
}
