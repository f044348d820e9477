/** The project's description of the API, as validators: one per operation and status, one per named schema. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const contentSchema = z.record(z.string(), z.looseObject({ schema: z.unknown().optional() }));
const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  'x-scopes-any-of': z.array(z.string()).optional(),
  requestBody: z.looseObject({ content: contentSchema }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ $ref: z.string().optional(), content: contentSchema.optional() }),
  ),
});
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({
    responses: z.record(z.string(), z.looseObject({ content: contentSchema.optional() })),
    schemas: z.record(z.string(), z.unknown()),
  }),
});

const document = documentSchema.parse(
  JSON.parse(readFileSync(new URL('../../.setup/openapi.json', import.meta.url), 'utf8')),
);

export interface DescribedOperation {
  readonly operationId: string;
  /** Of eGain's page. */
  readonly section: string;
  readonly summary: string;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly string[];
  readonly statuses: readonly number[];
}

const methods = new Set(['get', 'post', 'put', 'delete']);

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, value]) =>
    methods.has(method)
      ? [{ path, method: method.toUpperCase(), operation: operationSchema.parse(value) }]
      : [],
  ),
);

/** Everything described, token endpoint and storage host included. */
export const describedEverywhere: readonly DescribedOperation[] = operations.map(
  ({ path, method, operation }) => ({
    operationId: operation.operationId,
    section: operation.tags[0] ?? '',
    summary: operation.summary,
    method,
    path,
    scopes: operation['x-scopes-any-of'] ?? [],
    statuses: Object.keys(operation.responses).map(Number),
  }),
);

/** Operations of the API itself. */
export const described: readonly DescribedOperation[] = describedEverywhere.filter(
  ({ path }) => !path.startsWith('/core/') && !path.startsWith('/oauth2/'),
);

const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
addFormats.default(ajv);
ajv.addSchema(rewritten(document) as AnySchema, 'api');

/** `#/…` inside the document is found from anywhere once it starts with the document's name. */
function rewritten(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rewritten);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [
    key,
    key === '$ref' && typeof value === 'string' && value.startsWith('#') ? `api${value}` : rewritten(value),
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** What is wrong with a value of a named schema; empty when nothing is. */
export function problemsOf(schema: string, value: unknown): string[] {
  return check({ $ref: `api#/components/schemas/${schema}` }, value);
}

const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

function check(schema: unknown, value: unknown): string[] {
  const key = JSON.stringify(schema);
  const validate = compiled.get(key) ?? ajv.compile(rewritten(schema) as AnySchema);
  compiled.set(key, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

/** What is wrong with an answer by the description of its operation; empty when nothing is. */
export function problemsOfAnswer(operationId: string, status: number, body: unknown): string[] {
  const found = operations.find(({ operation }) => operation.operationId === operationId);
  const response = found?.operation.responses[String(status)];
  if (response === undefined) return [`${operationId} is not described to answer ${status}`];
  const name = response.$ref?.split('/').at(-1);
  const content = name === undefined ? response.content : document.components.responses[name]?.content;
  if (content === undefined) return body === undefined ? [] : ['a body where none is described'];
  const schema = content['application/json']?.schema;
  // Files are bytes of any kind: there is nothing to hold them against.
  if (schema === undefined) return body === undefined ? [] : ['JSON where none is described'];
  return check(schema, body);
}

/** What is wrong with the body of a request; empty when nothing is. */
export function problemsOfRequest(operationId: string, body: unknown): string[] {
  const found = operations.find(({ operation }) => operation.operationId === operationId);
  return check(found?.operation.requestBody?.content['application/json']?.schema, body);
}
