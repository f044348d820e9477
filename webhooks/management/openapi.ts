import * as z from 'zod';
import { refusals, type RefusalCode } from '../reply.js';
import type { Route } from './route.js';
import { named } from './fields.js';

type Json = Readonly<Record<string, unknown>>;

/** What any operation may be refused with. */
const always: readonly RefusalCode[] = ['unauthenticated', 'forbidden', 'internal-error', 'unavailable'];
const withInput: readonly RefusalCode[] = ['unprocessable'];
const withBody: readonly RefusalCode[] = ['malformed', 'too-large', 'unsupported-type', 'request-timeout'];

const meanings: Readonly<Partial<Record<RefusalCode, string>>> = {
  malformed: 'The body is no JSON in UTF-8.',
  unauthenticated: 'Nobody is logged in.',
  forbidden: 'Not from here, not by this operator, or `management.auth` is not set.',
  'not-found': 'There is none of this name or id (any more).',
  'request-timeout': 'The body did not arrive in time.',
  'too-large': 'The body is too large.',
  'unsupported-type': 'The body must be `application/json`.',
  unprocessable: 'A field is not as described; the message names it.',
  'internal-error': 'The bridge failed; its log says why.',
  unavailable: 'Redis, or whoever had to be asked, does not answer.',
};

/** The description of the API in OpenAPI 3.1, made from what serves it. */
export function describeApi(routes: readonly Route[], version: string): Json {
  const { schemas } = z.toJSONSchema(named, { uri: refOf, io: 'input', unrepresentable: 'any' });
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[`/api${route.path}`] ??= {})[route.method] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'egain-channel-bridge: management API',
      version,
      description:
        'What operators look at and do, as the page at /messages has it. On the management port, for requests with ' +
        'credentials of `management.auth`. Changing calls need `application/json` and leave an audit line in the log.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ basic: [] }],
    paths,
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([id, schema]) => [id, withoutHeading(schema)]),
      ),
    },
  };
}

function operation(route: Route): Json {
  const hasInput = Object.keys({ ...route.params.shape, ...route.query.shape }).length > 0;
  const codes = new Set([
    ...always,
    ...(hasInput || route.body !== undefined ? withInput : []),
    ...(route.body === undefined ? [] : withBody),
    ...route.refusals,
  ]);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaOf(route.body)) } }),
    responses: {
      200: { description: 'Done.', content: json(schemaOf(route.answer)) },
      ...Object.fromEntries(
        [...codes].map((code) => [
          refusals[code],
          { description: meanings[code] ?? code, content: json({ $ref: refOf('Problem') }) },
        ]),
      ),
    },
  };
}

function parametersOf(object: z.ZodObject, where: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(object, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = typeof schema === 'object' ? schema : {};
    return {
      name,
      in: where,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** Every body and every answer has a name. */
function schemaOf(schema: z.ZodType): Json {
  const id = named.get(schema)?.id;
  if (id === undefined) throw new TypeError('a schema of the API has no name');
  return { $ref: refOf(id) };
}

const refOf = (id: string): string => `#/components/schemas/${id}`;
const json = (schema: Json): Json => ({ 'application/json': { schema } });

/** Without what names the schema: its place does. */
function withoutHeading(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema' && name !== '$id'));
}
