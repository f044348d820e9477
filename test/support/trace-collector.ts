import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fieldsOf, type Field } from './protobuf.js';

/** A span as OTLP's protobuf has it, ids in hexadecimal, times in milliseconds. */
export interface CollectedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
}

/** OpenTelemetry's end of OTLP over HTTP, in protobuf. */
export interface TraceCollector {
  readonly url: string;
  spans(): readonly CollectedSpan[];
  /** Everything that came, for proving what is not in it. */
  text(): string;
  close(): Promise<void>;
}

export async function startTraceCollector(port = 0): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const isTraces =
        request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf';
      if (isTraces) {
        bodies.push(body);
        spans.push(...spansIn(body));
      }
      response.writeHead(isTraces ? 200 : 404, { 'content-type': 'application/x-protobuf' }).end();
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => spans,
    text: () => bodies.map((body) => body.toString('utf8')).join('\n'),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The numbers are those of `opentelemetry/proto/trace/v1/trace.proto`. */
function spansIn(body: Buffer): CollectedSpan[] {
  return messages(fieldsOf(body), 1).flatMap((resourceSpans) => {
    const resource = messages(resourceSpans, 1)[0] ?? [];
    const service = String(attributesOf(resource, 1)['service.name']);
    return messages(resourceSpans, 2).flatMap((scopeSpans) =>
      messages(scopeSpans, 2).map((span): CollectedSpan => ({
        service,
        traceId: bytes(span, 1).toString('hex'),
        spanId: bytes(span, 2).toString('hex'),
        parentId: bytes(span, 4).toString('hex'),
        name: bytes(span, 5).toString('utf8'),
        startMs: nanoseconds(span, 7) / 1e6,
        endMs: nanoseconds(span, 8) / 1e6,
        attributes: attributesOf(span, 9),
        failed: Number(value(messages(span, 15)[0] ?? [], 3)) === 2,
      })),
    );
  });
}

function attributesOf(fields: readonly Field[], number: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    messages(fields, number).map((pair) => [
      bytes(pair, 1).toString('utf8'),
      anyValue(messages(pair, 2)[0] ?? []),
    ]),
  );
}

function anyValue(fields: readonly Field[]): unknown {
  const [field] = fields;
  switch (field?.number) {
    case 1:
      return bytes(fields, 1).toString('utf8');
    case 3:
      return Number(field.value);
    case 5:
      return messages(messages(fields, 5)[0] ?? [], 1).map(anyValue);
    default:
      return undefined;
  }
}

function messages(fields: readonly Field[], number: number): Field[][] {
  return fields.flatMap((field) =>
    field.number === number && Buffer.isBuffer(field.value) ? [fieldsOf(field.value)] : [],
  );
}

function value(fields: readonly Field[], number: number): Field['value'] | undefined {
  return fields.find((field) => field.number === number)?.value;
}

function bytes(fields: readonly Field[], number: number): Buffer {
  const found = value(fields, number);
  return Buffer.isBuffer(found) ? found : Buffer.alloc(0);
}

function nanoseconds(fields: readonly Field[], number: number): number {
  return Number(value(fields, number));
}
