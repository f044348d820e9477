/** A value as it may stand in a plan: short, without secrets, and safe for a terminal. */
import { isTree, titleOf } from './kinds.js';
import { readPng } from './png.js';
import { Pointer } from './pointer.js';

/** `null` = not there. */
export type Shown = string | number | boolean | null;

const longest = 120;

export function shown(field: string, value: unknown, nameOf: (id: string) => string | undefined): Shown {
  if (value === undefined || value === null) return null;
  if (value instanceof Pointer) return `${titleOf({ kind: value.kind, key: value.value })}, to be created`;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return field === 'icon' ? iconWords(value) : text(value, nameOf(value));
  if (Array.isArray(value)) {
    const words = value.filter((entry) => typeof entry === 'string' || typeof entry === 'number');
    return words.length === value.length ? cut(words.join(', ')) : `${value.length} entries`;
  }
  // What is inside may be secret, or anything.
  return isTree(value) ? '{…}' : '…';
}

function text(value: string, name: string | undefined): string {
  return cut(name === undefined ? value : `${name} (${value})`);
}

function cut(value: string): string {
  return value.length <= longest ? value : `${value.slice(0, longest)}…`;
}

function iconWords(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const size = readPng(bytes);
  return size === undefined
    ? `not a PNG, ${base64.length} characters`
    : `PNG ${size.width} x ${size.height}, ${bytes.length} bytes`;
}

/** As a person reads it. */
export function inWords(value: Shown): string {
  if (value === null) return 'none';
  // JSON leaves the C1 control characters as they are.
  return JSON.stringify(value).replaceAll(/\p{Cc}/gu, ' ');
}
