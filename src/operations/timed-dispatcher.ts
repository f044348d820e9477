import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';

/** `status` 0 = no answer came. `tookMs`: from the moment the request was handed to a connection to the answer's end. */
export type ExchangeObserver = (status: number, tookMs: number) => void;

/** The same dispatcher, but for `observe` hearing of every exchange. One small object per request, nothing else. */
export function timed(dispatcher: Dispatcher, observe: ExchangeObserver): Dispatcher {
  return dispatcher.compose(
    (dispatch) => (options, handler) => dispatch(options, new TimedHandler(handler, observe)),
  );
}

class TimedHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #observe: ExchangeObserver;
  #startedAt = 0;
  #status = 0;

  constructor(handler: Dispatcher.DispatchHandler, observe: ExchangeObserver) {
    this.#handler = handler;
    this.#observe = observe;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#startedAt = performance.now();
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#handler.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    this.#status = status;
    this.#handler.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#observe(this.#status, performance.now() - this.#startedAt);
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    // Nothing was ever written: the connection could not be made.
    const tookMs = this.#startedAt === 0 ? 0 : performance.now() - this.#startedAt;
    this.#observe(0, tookMs);
    this.#handler.onResponseError?.(controller, error);
  }
}
