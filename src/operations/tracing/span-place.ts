import { ROOT_CONTEXT, trace, TraceFlags, type Context, type Span } from '@opentelemetry/api';
import { readTraceparent, writeTraceparent } from './traceparent.js';

/** As others are told where they are called from. */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return writeTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
}

/** Where spans go that belong to what others told us of; a trace of its own for whatever is no traceparent. */
export function contextOf(traceparent: string | undefined): Context {
  const place = traceparent === undefined ? undefined : readTraceparent(traceparent);
  if (place === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = place;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
