import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Logger } from '../logger.js';

type Done = Parameters<SpanExporter['export']>[1];

/**
 * Says once that the collector does not take the traces, and once that it does again. OpenTelemetry itself says so
 * with every batch, to a logger that it has not got here; the bridge goes on either way, and what could not be sent is gone.
 */
export class TellingExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #log: Logger;
  #failing = false;

  constructor(inner: SpanExporter, log: Logger) {
    this.#inner = inner;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: Done): void {
    this.#inner.export(spans, (result) => {
      this.#tell(result.error);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.#inner.forceFlush?.();
  }

  #tell(error: Error | undefined): void {
    const failed = error !== undefined;
    if (failed === this.#failing) return;
    this.#failing = failed;
    if (failed)
      this.#log.warn({ reason: reasonOf(error) }, 'the collector does not take the traces: they are dropped');
    else this.#log.info('the collector takes the traces again');
  }
}

/** A collector's answer may be anything, and so may be an address's user name: a code says enough. */
function reasonOf(error: Error): string {
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number'))
    return String(error.code);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.name;
}
