/** The schema as JSON Schema (draft 7, which editors and Helm read alike), with `…File` twins and `${NAME}` allowed. */
import * as z from 'zod';
import { variableFor } from './environment.js';
import { bridgeSchema, type AdapterSettings } from './schema.js';
import { isRecord } from './schema/fields.js';
import { hasTwin, isSecret, twinOf } from './shape.js';

/** One node of a JSON Schema, as far as the bridge's own schema uses it. */
export interface JsonNode {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly pattern?: string | undefined;
  readonly format?: string | undefined;
  readonly minLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly properties?: Readonly<Record<string, JsonNode>> | undefined;
  readonly allOf?: readonly JsonNode[] | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: JsonNode | undefined;
  readonly additionalProperties?: JsonNode | boolean | undefined;
  readonly anyOf?: readonly JsonNode[] | undefined;
  readonly oneOf?: readonly JsonNode[] | undefined;
  /** A secret: shown nowhere. */
  readonly writeOnly?: boolean | undefined;
  readonly [keyword: string]: unknown;
}

/** What may be written in `bridge.yaml`, without the freedom to write `${NAME}` anywhere: the reference's source. */
export function settingsSchema(adapters: readonly AdapterSettings[]): JsonNode {
  const json: unknown = z.toJSONSchema(bridgeSchema(adapters), {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      for (const mark of ['secret', 'file', 'path']) Reflect.deleteProperty(jsonSchema, mark);
      dropSafeIntegers(jsonSchema);
      if (zodSchema instanceof z.ZodObject) addTwins(zodSchema, jsonSchema);
    },
  });
  return isRecord(json) ? json : {};
}

/** For editors and `helm`: every single value may also be a reference to the environment. */
export function editorSchema(adapters: readonly AdapterSettings[]): JsonNode {
  const { $schema, ...settings } = settingsSchema(adapters);
  return {
    $schema,
    title: 'egain-channel-bridge configuration',
    ...allowReferences(withoutPlainVariables(settings, '')),
    definitions: {
      reference: { type: 'string', pattern: '\\$\\{', description: 'A value from the environment: ${NAME}.' },
    },
  };
}

/** zod bounds every whole number by what JavaScript can count; nobody needs to read that. */
function dropSafeIntegers(node: Record<string, unknown>): void {
  if (node['maximum'] === Number.MAX_SAFE_INTEGER) delete node['maximum'];
  if (node['minimum'] === Number.MIN_SAFE_INTEGER) delete node['minimum'];
}

function addTwins(schema: z.ZodObject, node: z.core.JSONSchema.BaseSchema): void {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const properties: Record<string, z.core.JSONSchema._JSONSchema> = {};
  const required = new Set(node.required);
  const either: string[] = [];
  for (const [key, property] of Object.entries(node.properties ?? {})) {
    const field = shape[key];
    properties[key] = property;
    if (field === undefined || !hasTwin(key, field)) continue;
    if (isSecret(key, field) && typeof property === 'object') property.writeOnly = true;
    properties[twinOf(key)] = twin(key, typeof property === 'object' && property.type === 'array');
    if (required.delete(key)) either.push(key);
  }
  if (Object.keys(properties).length > 0) node.properties = properties;
  if (either.length === 0) return;
  if (required.size > 0) node.required = [...required];
  else delete node.required;
  node.allOf = either.map((key) => ({ anyOf: [{ required: [key] }, { required: [twinOf(key)] }] }));
}

function twin(key: string, isList: boolean): z.core.JSONSchema.BaseSchema {
  const one = { type: 'string' } as const;
  const description = `Path of a file that holds ${key}.`;
  if (!isList) return { ...one, description };
  return {
    anyOf: [one, { type: 'array', items: one }],
    description: `Path, or paths, of files that hold ${key}.`,
  };
}

const single = new Set(['number', 'integer', 'boolean']);

/** A reference is a text of some length; anything that asks for more of a value would turn it down. */
function refusesReference(node: JsonNode): boolean {
  if (node.const !== undefined || node.type === undefined) return false;
  if (single.has(node.type)) return true;
  if (node.type !== 'string') return false;
  return (
    (node.minLength ?? 0) > 1 || [node.enum, node.pattern, node.format].some((each) => each !== undefined)
  );
}

function allowReferences(node: JsonNode): JsonNode {
  if (refusesReference(node)) {
    const { description, default: value, writeOnly, ...rest } = node;
    return defined({
      description,
      default: value,
      writeOnly,
      anyOf: [rest, { $ref: '#/definitions/reference' }],
    });
  }
  return defined({
    ...node,
    properties: node.properties && mapValues(node.properties, allowReferences),
    items: node.items && allowReferences(node.items),
    additionalProperties: isRecord(node.additionalProperties)
      ? allowReferences(node.additionalProperties)
      : node.additionalProperties,
    anyOf: node.anyOf?.map(allowReferences),
    oneOf: node.oneOf?.map(allowReferences),
  });
}

/** What a plain environment variable can give need not stand in the file. */
function withoutPlainVariables(node: JsonNode, path: string): JsonNode {
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const required = node.required?.filter((key) => variableFor(below(key)) === undefined);
  const properties = Object.entries(node.properties ?? {});
  if (properties.length === 0) return node;
  return defined({
    ...node,
    required: required === undefined || required.length === 0 ? undefined : required,
    properties: Object.fromEntries(
      properties.map(([key, each]) => [key, withoutPlainVariables(each, below(key))]),
    ),
  });
}

function mapValues(
  record: Readonly<Record<string, JsonNode>>,
  change: (node: JsonNode) => JsonNode,
): Record<string, JsonNode> {
  return Object.fromEntries(Object.entries(record).map(([key, node]) => [key, change(node)]));
}

function defined(node: JsonNode): JsonNode {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));
}
