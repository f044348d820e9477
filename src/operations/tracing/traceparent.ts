/** Where in which trace something happens: W3C Trace Context's `traceparent`, taken apart. Ids are hexadecimal. */
export interface TracePlace {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Later versions may add parts at the end; what the first one defined stays where it is. */
const pattern = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** @returns undefined for whatever is no traceparent: it came from outside. */
export function readTraceparent(text: string): TracePlace | undefined {
  const [, version, traceId, spanId, flags, rest] = pattern.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === '00' && rest !== undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function writeTraceparent({ traceId, spanId, sampled }: TracePlace): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** The trace's id in a traceparent of our own. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
