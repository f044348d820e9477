import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The bridge's figures for Prometheus. Labels come from closed lists and channel names only. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    accepted: new Counter({
      name: 'egain_bridge_accepted_total',
      help: 'Messages answered with 2xx, by caller; duplicates not counted.',
      labelNames: ['caller'] as const,
      registers,
    }),
    duplicates: new Counter({
      name: 'egain_bridge_duplicates_total',
      help: 'Messages that arrived again, by caller.',
      labelNames: ['caller'] as const,
      registers,
    }),
    refused: new Counter({
      name: 'egain_bridge_refused_total',
      help: 'Requests refused, by caller and code.',
      labelNames: ['caller', 'code'] as const,
      registers,
    }),
    deliveries: new Counter({
      name: 'egain_bridge_deliveries_total',
      help: 'Attempts at messages, by direction, channel and outcome.',
      labelNames: ['direction', 'channel', 'outcome'] as const,
      registers,
    }),
    deadLetters: new Counter({
      name: 'egain_bridge_dead_letters_total',
      help: 'Messages that ended undelivered, by direction, channel and reason.',
      labelNames: ['direction', 'channel', 'reason'] as const,
      registers,
    }),
    deliverySeconds: new Histogram({
      name: 'egain_bridge_delivery_seconds',
      help: 'From acceptance to delivery.',
      labelNames: ['direction'] as const,
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900],
      registers,
    }),
    tokenEvents: new Counter({
      name: 'egain_bridge_token_events_total',
      help: 'Access token renewals, failed renewals and tokens thrown away after a 401.',
      labelNames: ['kind'] as const,
      registers,
    }),
    strayTargets: new Gauge({
      name: 'egain_bridge_stray_target',
      help: '1 while messages wait for a channel that is not configured.',
      labelNames: ['target'] as const,
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
