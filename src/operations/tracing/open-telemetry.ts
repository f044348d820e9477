import { AsyncLocalStorage } from 'node:async_hooks';
import {
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Logger } from '../logger.js';
import { hubIdOf } from '../hub-id.js';
import { readVersion } from '../version.js';
import { contextOf, traceparentOf } from './span-place.js';
import { TellingExporter } from './telling-exporter.js';
import { tracedDispatcher } from './traced-dispatcher.js';
import type { AcceptedRequest, AcceptTrace, AttemptedHead, AttemptTrace, Tracing } from './tracing.js';

export const serviceName = 'egain-channel-bridge';

/** A collector that does not answer must not keep a process that leaves, milliseconds. */
const lastWordsMs = 2000;
/** More ids in one span would only make it large. */
const mostIds = 20;

/** Tracing by OpenTelemetry's SDK: exporter, sampler, limits and resource as its standard variables say. */
export function openTelemetry(log: Logger): Tracing {
  const exporter = new TellingExporter(new OTLPTraceExporter(), log);
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName, 'service.version': readVersion() }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer(serviceName, readVersion());
  const current = new AsyncLocalStorage<Context>();
  return {
    accept: (request) => acceptTrace(tracer, request),
    attempt: (head) => attemptTrace(tracer, head, current),
    upstream: (upstream, dispatcher) =>
      tracedDispatcher(dispatcher, { upstream, tracer, current: () => current.getStore() }),
    close: () => withinReason(provider.shutdown()),
  };
}

function acceptTrace(tracer: Tracer, request: AcceptedRequest): AcceptTrace {
  const { caller, channel, traceparent, startedAt } = request;
  const span = tracer.startSpan(
    `accept ${caller}`,
    {
      kind: SpanKind.SERVER,
      startTime: Date.now() - (performance.now() - startedAt),
      attributes: {
        'egain_bridge.caller': caller,
        ...(channel === undefined ? {} : { 'egain_bridge.channel': channel }),
      },
    },
    contextOf(traceparent),
  );
  return {
    traceparent: traceparentOf(span),
    kept: (messageIds, duplicates) => {
      span.setAttributes({
        'egain_bridge.messages': messageIds.length,
        'egain_bridge.duplicates': duplicates,
        'egain_bridge.message.id': messageIds.slice(0, mostIds),
      });
      span.end();
    },
    failed: () => {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** Outcomes after which the message is where it should be, or nobody is missing it. */
const well: ReadonlySet<string> = new Set(['delivered', 'ignored', 'fenced']);

function attemptTrace(
  tracer: Tracer,
  head: AttemptedHead,
  current: AsyncLocalStorage<Context>,
): AttemptTrace {
  const { traceparent, target, lane, messageId, attempt, waited } = head;
  const conversationId = hubIdOf(head.conversationId);
  const parent = contextOf(traceparent);
  const attributes: Attributes = {
    'egain_bridge.target': target,
    'egain_bridge.lane': lane,
    'egain_bridge.message.id': messageId,
    ...(conversationId === undefined ? {} : { 'egain_bridge.conversation.id': conversationId }),
  };
  if (waited !== undefined) {
    const { from, to } = waited;
    tracer.startSpan('wait in lane', { startTime: from, attributes }, parent).end(Math.max(from, to));
  }
  const span = tracer.startSpan(
    'attempt',
    { kind: SpanKind.CONSUMER, attributes: { ...attributes, 'egain_bridge.attempt': attempt } },
    parent,
  );
  const end = (outcome: string, reason?: string): void => {
    span.setAttribute('egain_bridge.outcome', outcome);
    if (reason !== undefined) span.setAttribute('egain_bridge.reason', reason);
    if (!well.has(outcome)) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };
  return {
    end,
    run: async (work) => {
      try {
        return await current.run(trace.setSpan(parent, span), work);
      } catch (error) {
        end('failed');
        throw error;
      }
    },
  };
}

async function withinReason(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, lastWordsMs);
  });
  try {
    // What could not be sent has been told where it failed.
    await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
