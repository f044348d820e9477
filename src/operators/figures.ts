import type { RedisClient } from '../lanes/connection.js';
import type { Metrics } from '../operations/metrics.js';

/** What is counted per span of time over all processes, by name and labels. */
export type Counted = 'accepted' | 'duplicates' | 'refused' | 'deliveries' | 'dead' | 'token' | 'upstream';

/** One span's counts; `labels` in the order of the metric's own. */
export interface Span {
  /** Its beginning, milliseconds since 1970 by Redis's clock. */
  readonly at: number;
  readonly counts: readonly {
    readonly what: Counted;
    readonly labels: readonly string[];
    readonly count: number;
  }[];
}

/** A process of the bridge as it last announced itself. */
export interface RunningProcess {
  readonly instance: string;
  readonly role: string;
  readonly version: string;
  readonly startedAt: number;
  readonly seenAt: number;
}

export const spanMs = 10_000;
/** How far back there are figures. */
export const keptMs = 60 * 60_000;
const everyMs = 2000;
const goneMs = 30_000;

type Counts = Pick<
  Metrics,
  'accepted' | 'duplicates' | 'refused' | 'deliveries' | 'deadLetters' | 'tokenEvents' | 'upstreamSeconds'
>;

/** Where the figures of all processes lie: apart from the shards, so that no other number of them moves anything. */
function keyOf(prefix: string, name: string | number): string {
  return `{${prefix}:figures}:${name}`;
}

/**
 * Adds what this process counted to what all of them count, every two seconds: a page can show the rates of the whole
 * installation, whichever process serves it, and no process keeps them. What does not happen costs nothing.
 */
export class FigureLog {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #metrics: Counts;
  readonly #self: Omit<RunningProcess, 'seenAt' | 'startedAt'>;
  readonly #onError: (error: unknown) => void;
  readonly #written = new Map<string, number>();
  #startedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor(parts: {
    readonly redis: RedisClient;
    readonly prefix: string;
    readonly metrics: Counts;
    readonly self: Omit<RunningProcess, 'seenAt' | 'startedAt'>;
    readonly onError: (error: unknown) => void;
  }) {
    this.#redis = parts.redis;
    this.#prefix = parts.prefix;
    this.#metrics = parts.metrics;
    this.#self = parts.self;
    this.#onError = parts.onError;
  }

  start(): void {
    void this.flush();
    this.#timer = setInterval(() => void this.flush(), everyMs);
    this.#timer.unref();
  }

  /** Writes what is left, and that this process is no more. Never rejects. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    await this.#redis
      .hdel(keyOf(this.#prefix, 'processes'), this.#self.instance)
      .catch((error: unknown) => this.#onError(error));
  }

  /** Never rejects: what could not be written is written the next time, in that time's span. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush()
      .catch((error: unknown) => this.#onError(error))
      .finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const now = await redisNow(this.#redis);
    this.#startedAt ??= now;
    const span = keyOf(this.#prefix, Math.floor(now / spanMs));
    for (const [field, value] of this.#totals()) {
      const news = value - (this.#written.get(field) ?? 0);
      if (news === 0) continue;
      await this.#redis.hincrby(span, field, news);
      this.#written.set(field, value);
      await this.#redis.pexpire(span, keptMs + 2 * spanMs);
    }
    const processes = keyOf(this.#prefix, 'processes');
    const { instance, role, version } = this.#self;
    const seen = JSON.stringify({ role, version, startedAt: this.#startedAt, seenAt: now });
    await this.#redis.hset(processes, instance, seen);
    await this.#redis.pexpire(processes, keptMs);
  }

  *#totals(): Generator<[field: string, value: number]> {
    const { accepted, duplicates, refused, deliveries, deadLetters, tokenEvents } = this.#metrics;
    const tallies = [
      ['accepted', accepted],
      ['duplicates', duplicates],
      ['refused', refused],
      ['deliveries', deliveries],
      ['dead', deadLetters],
      ['token', tokenEvents],
    ] as const;
    for (const [what, tally] of tallies)
      for (const { labels, value } of tally.places()) yield [fieldOf(what, Object.values(labels)), value];
    for (const { labels, count } of this.#metrics.upstreamSeconds.places())
      yield [fieldOf('upstream', Object.values(labels)), count];
  }
}

/** The spans of the last `forMs`, those in which something was counted, the oldest first. @throws what Redis throws */
export async function readSpans(redis: RedisClient, prefix: string, forMs: number): Promise<readonly Span[]> {
  const latest = Math.floor((await redisNow(redis)) / spanMs);
  const spans = Math.ceil(Math.min(forMs, keptMs) / spanMs);
  const numbers = Array.from({ length: spans }, (_, index) => latest - spans + 1 + index);
  const found = await Promise.all(numbers.map((number) => redis.hgetall(keyOf(prefix, number))));
  return found.flatMap((fields, index) => {
    const counts = Object.entries(fields).flatMap(([field, count]) => {
      const [what = '', ...labels] = field.split('|');
      return isCounted(what) ? [{ what, labels, count: Number(count) }] : [];
    });
    return counts.length === 0 ? [] : [{ at: (numbers[index] ?? 0) * spanMs, counts }];
  });
}

/** Processes that announced themselves within half a minute, by name. @throws what Redis throws */
export async function readProcesses(redis: RedisClient, prefix: string): Promise<readonly RunningProcess[]> {
  const now = await redisNow(redis);
  const key = keyOf(prefix, 'processes');
  const running: RunningProcess[] = [];
  for (const [instance, text] of Object.entries(await redis.hgetall(key))) {
    const told = JSON.parse(text) as Omit<RunningProcess, 'instance'>;
    if (now - told.seenAt < goneMs) running.push({ instance, ...told });
    // One that was killed says no goodbye.
    else await redis.hdel(key, instance);
  }
  return running.sort((one, other) => one.instance.localeCompare(other.instance));
}

async function redisNow(redis: RedisClient): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

/** Labels are names and words from closed lists; none holds the bar. */
function fieldOf(what: Counted, labels: readonly string[]): string {
  return [what, ...labels.map((label) => label.replaceAll('|', '_'))].join('|');
}

const counted: ReadonlySet<string> = new Set<Counted>([
  'accepted',
  'duplicates',
  'refused',
  'deliveries',
  'dead',
  'token',
  'upstream',
]);

function isCounted(what: string): what is Counted {
  return counted.has(what);
}
