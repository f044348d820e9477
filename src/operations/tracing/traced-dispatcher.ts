import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { SpanKind, SpanStatusCode, type Context, type Span, type Tracer } from '@opentelemetry/api';
import type { Dispatcher } from 'undici';
import { traceparentOf } from './span-place.js';

/**
 * The same dispatcher, but an exchange within a trace is a span of that trace, and its traceparent goes along. Of the
 * address only the host is told: paths and queries hold ids, tickets and signatures.
 */
export function tracedDispatcher(
  dispatcher: Dispatcher,
  parts: {
    readonly upstream: string;
    readonly tracer: Tracer;
    /** Undefined outside of any trace: then nothing is done. */
    readonly current: () => Context | undefined;
  },
): Dispatcher {
  const { upstream, tracer, current } = parts;
  return dispatcher.compose((dispatch) => (options, handler) => {
    const parent = current();
    if (parent === undefined) return dispatch(options, handler);
    const span = tracer.startSpan(
      `${options.method} ${upstream}`,
      {
        kind: SpanKind.CLIENT,
        attributes: {
          'egain_bridge.upstream': upstream,
          'http.request.method': options.method,
          ...serverOf(options.origin),
        },
      },
      parent,
    );
    const headers = withHeader(options.headers, 'traceparent', traceparentOf(span));
    return dispatch({ ...options, headers }, new TracedHandler(handler, span));
  });
}

function serverOf(origin: string | URL | undefined): Readonly<Record<string, string | number>> {
  if (origin === undefined || !URL.canParse(String(origin))) return {};
  const { hostname, port, protocol } = new URL(origin);
  return {
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

type Headers = NonNullable<Dispatcher.DispatchOptions['headers']>;

/** In whichever of its forms undici was given the headers. */
function withHeader(headers: Dispatcher.DispatchOptions['headers'], name: string, value: string): Headers {
  if (headers === undefined || headers === null) return { [name]: value };
  if (Array.isArray(headers)) return [...headers, name, value];
  if (Symbol.iterator in headers) return [...headers, [name, value]];
  return { ...headers, [name]: value };
}

class TracedHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #span: Span;

  constructor(handler: Dispatcher.DispatchHandler, span: Span) {
    this.#handler = handler;
    this.#span = span;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    // Before this it waited for a connection.
    this.#span.addEvent('request sent');
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
    this.#span.setAttribute('http.response.status_code', status);
    if (status >= 400) this.#fail(String(status));
    this.#handler.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#span.end();
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail('code' in error && typeof error.code === 'string' ? error.code : error.name);
    this.#span.end();
    this.#handler.onResponseError?.(controller, error);
  }

  /** By status or code, never by the words of the error. */
  #fail(type: string): void {
    this.#span.setAttribute('error.type', type);
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
