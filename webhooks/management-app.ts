import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import { lastResort, notFound } from './public-app.js';
import { refuse } from './refuse.js';
import { Refusal, sendJson } from './reply.js';

/** What a probe asks for; each check's name is told, never its details. */
export interface Health {
  /** The process makes progress. */
  live(): boolean;
  /** Redis answers, nobody is leaving. Never eGain, a token or a channel: their outage must not take the intake away. */
  ready(): Promise<Readonly<Record<string, boolean>>>;
}

/** Operators are no callers of ours: what they mistype is not counted among the refused. */
const uncounted = { refused: (): void => undefined };

/** The management port; not for the internet. */
export function createManagementApp(parts: {
  readonly health: Health;
  readonly registry: Registry;
  /** Whether `management.auth` is set. */
  readonly authenticated: boolean;
}): Express {
  const { health, registry, authenticated } = parts;
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
  if (!authenticated) {
    app.use((request, response) => {
      refuse(request, response, new Refusal('forbidden', 'set management.auth to use this page'));
    });
  }
  app.use(notFound(uncounted));
  app.use(lastResort(uncounted));
  return app;
}
