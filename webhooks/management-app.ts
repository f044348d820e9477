import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import { managementGuard, type GuardSettings } from './management/guard.js';
import type { FailureThrottle } from './caller.js';
import type { RequestObserver } from './handler.js';
import { lastResort, notFound } from './public-app.js';
import { sendJson } from './reply.js';

/** What a probe asks for; each check's name is told, never its details. */
export interface Health {
  /** The process makes progress. */
  live(): boolean;
  /** Redis answers, nobody is leaving. Never eGain, a token or a channel: their outage must not take the intake away. */
  ready(): Promise<Readonly<Record<string, boolean>>>;
}

/** Operators are no callers of ours: what they mistype is not counted among the refused. */
const uncounted = { refused: (): void => undefined };

/** The management port; not for the internet. What probes and Prometheus ask for is open, everything else guarded. */
export function createManagementApp(parts: {
  readonly health: Health;
  readonly registry: Registry;
  readonly settings: GuardSettings;
  readonly throttle: FailureThrottle;
  readonly observer: Pick<RequestObserver, 'refused'>;
  /** What is behind the guard. */
  readonly operators?: RequestHandler;
  readonly questions?: ReadonlySet<string>;
}): Express {
  const { health, registry } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  app.get('/livez', (_request, response) => {
    const live = health.live();
    sendJson(response, live ? 200 : 503, JSON.stringify({ status: live ? 'ok' : 'stuck' }));
  });
  app.get('/readyz', async (_request, response) => {
    const checks = await health.ready();
    const ready = Object.values(checks).every(Boolean);
    sendJson(response, ready ? 200 : 503, JSON.stringify({ status: ready ? 'ok' : 'not ready', checks }));
  });
  app.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  app.use(managementGuard(parts));
  if (parts.operators !== undefined) app.use(parts.operators);
  app.use(notFound(uncounted));
  app.use(lastResort(uncounted));
  return app;
}
