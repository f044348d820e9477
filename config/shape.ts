/** Reading a schema's shape: which settings exist at a place, and which of them are secrets, paths or numbers. */
import * as z from 'zod';
import { isRecord } from './schema/fields.js';

export type Schema = z.core.$ZodType;

/**
 * The bare schemas behind defaults, optionals, transforms and unions, as far as `value` can be meant for them, judged by
 * their literals (`type: basic`, `adapter: webhook`); all of them when it fits none.
 */
export function open(fields: readonly Schema[], value: unknown): readonly Schema[] {
  const schemas = fields.flatMap(bare);
  if (!isRecord(value)) return schemas;
  const fitting = schemas.filter((schema) => {
    if (!(schema instanceof z.ZodObject)) return true;
    return Object.entries(shapeOf(schema)).every(
      ([key, field]) => !(field instanceof z.ZodLiteral) || !(key in value) || hasValue(field, value[key]),
    );
  });
  return fitting.length === 0 ? schemas : fitting;
}

function bare(schema: Schema): readonly Schema[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(bare);
  const inner = peel(schema);
  return inner === undefined ? [schema] : bare(inner);
}

function hasValue(literal: z.ZodLiteral, value: unknown): boolean {
  return [...literal.values].some((allowed) => allowed === value);
}

/** The schemas of what stands at `key` (a list's index, a map's name or a setting's name) in the opened `schemas`. */
export function below(schemas: readonly Schema[], key: string | number): readonly Schema[] {
  return schemas.flatMap((schema) => {
    if (schema instanceof z.ZodArray) return [schema.element];
    if (schema instanceof z.ZodRecord) return [schema.valueType];
    const field = schema instanceof z.ZodObject ? fieldOf(schema, String(key)) : undefined;
    return field === undefined ? [] : [field];
  });
}

function fieldOf(schema: z.ZodObject, key: string): Schema | undefined {
  const shape = shapeOf(schema);
  return Object.hasOwn(shape, key) ? shape[key] : undefined;
}

function shapeOf(schema: z.ZodObject): Readonly<Record<string, Schema>> {
  return schema.shape;
}

/** The maps that must stand at a place: naming what is missing inside them says more than that they are missing. */
export function requiredMaps(schemas: readonly Schema[]): string[] {
  const [schema, ...others] = schemas;
  if (!(schema instanceof z.ZodObject) || others.length > 0) return [];
  return Object.entries(shapeOf(schema)).flatMap(([key, field]) =>
    field instanceof z.ZodObject ? [key] : [],
  );
}

/** The settings that may be used at a place, `…File` twins included. */
export function settingsOf(schemas: readonly Schema[]): Set<string> {
  const found = new Set<string>();
  for (const schema of schemas) {
    if (!(schema instanceof z.ZodObject)) continue;
    for (const [key, field] of Object.entries(shapeOf(schema))) {
      found.add(key);
      if (hasTwin(key, field)) found.add(twinOf(key));
    }
  }
  return found;
}

export const twinOf = (key: string): string => `${key}File`;

/** The setting that `name` would be the `…File` twin of. */
export function baseOf(name: string): string | undefined {
  return name.endsWith('File') ? name.slice(0, -'File'.length) : undefined;
}

/** Whether `<key>File` may be given instead of `key`. */
export function hasTwin(key: string, field: Schema): boolean {
  return isSecret(key, field) || isMarked(field, 'file');
}

/** Names that mean a secret even where an adapter's schema forgot the mark. */
const secretName = /(secret|password|token|key)s?$/i;

/** A secret, or a list of secrets. */
export function isSecret(key: string, field: Schema): boolean {
  if (isMarked(field, 'secret')) return true;
  return bare(field).some((schema) => {
    if (schema instanceof z.ZodArray) return isSecret(key, schema.element);
    return schema instanceof z.ZodString && secretName.test(key);
  });
}

export function isMarked(schema: Schema, mark: 'secret' | 'file' | 'path'): boolean {
  if (z.globalRegistry.get(schema)?.[mark] === true) return true;
  if (schema instanceof z.ZodUnion) return schema.options.some((option) => isMarked(option, mark));
  const inner = peel(schema);
  return inner !== undefined && isMarked(inner, mark);
}

function peel(schema: Schema): Schema | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return schema.def.innerType;
  }
  return schema instanceof z.ZodPipe ? schema.def.in : undefined;
}
