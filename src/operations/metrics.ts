import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Scrape } from './scrape.js';
import { Distribution, Tally } from './tally.js';

/** One of the bridge's own metrics, as the reference tells it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

const seconds = {
  /** Answers to callers: eGain wants them within 5 s. */
  answer: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  /** What others take to answer. */
  upstream: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  /** From milliseconds to the end of the hold (15 min) and beyond. */
  delivery: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600],
  redis: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
};

/**
 * The bridge's figures for Prometheus. Labels come from closed lists and channel names only; counting costs an addition.
 * What is read when somebody asks (gauges of Redis, of the token, …) is filled in through `scrape`.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const scrape = new Scrape(() => performance.now());
  const catalogue: MetricDescription[] = [];
  const counter = (name: string, help: string, ...labels: string[]): Tally => {
    catalogue.push({ name, help, labels, type: 'counter' });
    return new Tally({ name, help, labelNames: labels, registers });
  };
  const gauge = (name: string, help: string, ...labels: string[]): Gauge => {
    catalogue.push({ name, help, labels, type: 'gauge' });
    const made = new Gauge({ name, help, labelNames: labels, registers, collect: () => scrape.refresh() });
    // Without this one that has no labels would say 0 before anybody knows.
    if (labels.length === 0) made.remove();
    return made;
  };
  const histogram = (name: string, help: string, buckets: number[], ...labels: string[]): Distribution => {
    catalogue.push({ name, help, labels, type: 'histogram' });
    return new Distribution({ name, help, labelNames: labels, buckets, registers });
  };
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    catalogue,
    scrape,

    info: gauge('egain_bridge_info', '1, with what this process is.', 'version', 'role'),

    accepted: counter(
      'egain_bridge_accepted_total',
      'Messages answered with 2xx, by caller; duplicates not counted.',
      'caller',
    ),
    duplicates: counter('egain_bridge_duplicates_total', 'Messages that arrived again, by caller.', 'caller'),
    refused: counter('egain_bridge_refused_total', 'Requests refused, by caller and code.', 'caller', 'code'),
    requestSeconds: histogram(
      'egain_bridge_request_seconds',
      'From a request’s head to its answer, whatever the answer was: for caller egain this is the callback’s answer time.',
      seconds.answer,
      'caller',
    ),

    deliveries: counter(
      'egain_bridge_deliveries_total',
      'Attempts at messages, by direction, channel and outcome: delivered, ignored (nothing to be shown), dead, held (tried again later).',
      'direction',
      'channel',
      'outcome',
    ),
    losses: counter(
      'egain_bridge_losses_total',
      'Parts of delivered messages that the customer was shown in another form or not at all: what (a kind of rich message, html, attachment, …) and why (manifest, channel, too-many, …).',
      'channel',
      'what',
      'why',
    ),
    deliveryAttempts: histogram(
      'egain_bridge_delivery_attempts',
      'Attempts a message needed until it was delivered or dead.',
      [1, 2, 3, 5, 10, 20, 50],
      'direction',
      'channel',
    ),
    deliverySeconds: histogram(
      'egain_bridge_delivery_seconds',
      'From acceptance to delivery.',
      seconds.delivery,
      'direction',
      'channel',
    ),
    deadLetters: counter(
      'egain_bridge_dead_letters_total',
      'Messages that ended undelivered, by direction, channel and reason.',
      'direction',
      'channel',
      'reason',
    ),
    deadLettersKept: gauge(
      'egain_bridge_dead_letters',
      'Dead letters that are kept and can be retried. The same from every process.',
    ),

    oldestWaitingSeconds: gauge(
      'egain_bridge_oldest_waiting_seconds',
      'Age of the oldest message that waits, 0 when none does. The same from every process: take max.',
      'direction',
      'channel',
    ),
    lanes: gauge(
      'egain_bridge_lanes',
      'Lanes that hold messages, by state: running (have a job), waiting (runnable, for room), backing-off (for their next attempt). The same from every process: take max.',
      'direction',
      'channel',
      'state',
    ),
    gatesClosed: gauge(
      'egain_bridge_gate_closed',
      '1 while a target is not delivered to: broken (failures in a row), throttled (it asked for it), paused (an operator did). The same from every process.',
      'target',
      'why',
    ),
    strayTargets: gauge(
      'egain_bridge_stray_target',
      '1 while messages wait for a channel that is not configured.',
      'target',
    ),
    keyMissing: counter(
      'egain_bridge_key_missing_total',
      'Times a lane was held because a key of redis.encryption is missing, that its texts were sealed with.',
    ),
    stalledJobs: counter(
      'egain_bridge_stalled_jobs_total',
      'Lanes found without their worker (killed or frozen) and given to another one.',
    ),

    tokenEvents: begun(
      counter(
        'egain_bridge_token_events_total',
        'Access token renewals (fetched), failed renewals (failed) and tokens thrown away after a 401 (discarded).',
        'kind',
      ),
      ['fetched', 'failed', 'discarded'],
    ),
    tokenAgeSeconds: gauge('egain_bridge_token_age_seconds', 'Age of the access token in use.'),
    tokenLeftSeconds: gauge(
      'egain_bridge_token_left_seconds',
      'Time until the access token in use ends; it is renewed before that.',
    ),

    upstreamSeconds: histogram(
      'egain_bridge_upstream_seconds',
      'Time others took to answer, by status: upstream is egain, token, or channel: and a channel’s name; status 2xx to 5xx, 401, 429, or failed (no answer).',
      seconds.upstream,
      'upstream',
      'status',
    ),
    fileBytes: begun(
      counter(
        'egain_bridge_file_bytes_total',
        'Bytes of files, by way: upload (by a channel), asset (made an asset of eGain’s), link (fetched by one of our links).',
        'way',
      ),
      ['upload', 'asset', 'link'],
    ),

    redisSeconds: histogram(
      'egain_bridge_redis_seconds',
      'Time Redis took to answer a PING on the connection the bridge works with, asked once a second.',
      seconds.redis,
    ),
    redisUp: gauge('egain_bridge_redis_up', '1 when Redis answered the last PING within a second, else 0.'),
    redisLosses: counter(
      'egain_bridge_redis_losses_total',
      'Times Redis was found without what this process had kept there (emptied), or with what another installation keeps (replaced).',
      'how',
    ),
    redisMemoryUsed: gauge(
      'egain_bridge_redis_memory_used_bytes',
      'Memory Redis uses, the fullest node of a cluster. Web processes only.',
    ),
    redisMemoryLimit: gauge(
      'egain_bridge_redis_memory_limit_bytes',
      'Its maxmemory, or redis.maxMemoryBytes; 0 when it has none. Intake stops at 80 %. Web processes only.',
    ),
    backgroundErrors: counter(
      'egain_bridge_background_errors_total',
      'Failures of work in the background (connections to Redis, upkeep), all tried again.',
    ),
  };
}

/** So that the first one ever is an increase for Prometheus, which does not see what was there when it first looked. */
function begun(tally: Tally, values: readonly string[]): Tally {
  for (const value of values) tally.at(value);
  return tally;
}

export type Metrics = ReturnType<typeof createMetrics>;
