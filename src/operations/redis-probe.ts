import type { Metrics } from './metrics.js';

const everyMs = 1000;

/**
 * Asks Redis once a second on the connection the bridge works with. What is measured is what every command there waits
 * for, the event loop and the commands before it included; and nothing has to be measured where messages pass.
 */
export class RedisProbe {
  readonly #ping: () => Promise<unknown>;
  readonly #metrics: Pick<Metrics, 'redisSeconds' | 'redisUp'>;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #asked = false;

  /** `ping` must fail by itself when Redis is away. `now`: monotonic, milliseconds. */
  constructor(
    ping: () => Promise<unknown>,
    metrics: Pick<Metrics, 'redisSeconds' | 'redisUp'>,
    now: () => number,
  ) {
    this.#ping = ping;
    this.#metrics = metrics;
    this.#now = now;
  }

  start(): void {
    void this.ask();
    this.#timer = setInterval(() => void this.ask(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async ask(): Promise<void> {
    // One that takes longer than a second is not asked a second time meanwhile.
    if (this.#asked) return;
    this.#asked = true;
    const { redisSeconds, redisUp } = this.#metrics;
    const askedAt = this.#now();
    try {
      await this.#ping();
      redisUp.set(1);
      redisSeconds.at().observe((this.#now() - askedAt) / 1000);
    } catch {
      redisUp.set(0);
    } finally {
      this.#asked = false;
    }
  }
}
