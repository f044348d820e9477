import type { RedisClient } from './connection.js';

/** `fleeting` is the event itself when it is kept nowhere; undefined = something may have been appended: look. */
export type OutboxListener = (fleeting: string | undefined) => void;

/**
 * Hears on one connection, for all streams of a process, that an outbox has something. It only saves waiting: what it
 * misses while Redis is away is found by looking.
 */
export class OutboxSignals {
  readonly #subscriber: RedisClient;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Map<string, Set<OutboxListener>>();

  /** `subscriber`: a connection of its own, as Redis takes nothing but subscriptions on it. The caller closes it. */
  constructor(subscriber: RedisClient, onError: (error: unknown) => void) {
    this.#subscriber = subscriber;
    this.#onError = onError;
    subscriber.on('message', (signal: string, text: string) => {
      this.#tell(signal, text === '' ? undefined : text);
    });
    // The connection was away and is back: it subscribes again by itself, and may have missed something.
    subscriber.on('ready', () => {
      for (const signal of this.#listeners.keys()) this.#tell(signal, undefined);
    });
  }

  /** Calls `listener` from now on; once the subscription is known to hold, also for what came before. */
  listen(signal: string, listener: OutboxListener): () => void {
    const known = this.#listeners.get(signal);
    if (known !== undefined) known.add(listener);
    else {
      this.#listeners.set(signal, new Set([listener]));
      this.#subscriber.subscribe(signal).then(() => this.#tell(signal, undefined), this.#onError);
    }
    return () => {
      const listeners = this.#listeners.get(signal);
      listeners?.delete(listener);
      if (listeners?.size !== 0) return;
      this.#listeners.delete(signal);
      this.#subscriber.unsubscribe(signal).catch(this.#onError);
    };
  }

  #tell(signal: string, fleeting: string | undefined): void {
    for (const listener of this.#listeners.get(signal) ?? []) listener(fleeting);
  }
}
