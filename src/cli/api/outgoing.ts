import { isRecord } from '../../../config/schema/fields.js';
import { givenByEgain } from '../../egain/replacing.js';
import { CommandFailure } from '../context.js';
import type { Body } from './read-body.js';

/**
 * A file as it may leave. What `get --json` wrote can be edited and sent back: the id and the creation time are eGain's
 * to give and stay here.
 * @throws CommandFailure when the file is another object's, or holds asterisks where a secret belongs
 */
export function outgoing(body: Body, id?: string): Body {
  const ownId = body['id'];
  if (id !== undefined && typeof ownId === 'string' && ownId !== id) {
    throw new CommandFailure(`id: expected ${id}, but the file is about ${ownId}`);
  }
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !givenByEgain.has(name)));
  const masked = findMasked(rest, []);
  if (masked !== undefined) {
    throw new CommandFailure(
      `${masked}: expected the secret itself, because asterisks only stand for it in what is shown`,
    );
  }
  return rest;
}

function findMasked(value: unknown, path: readonly string[]): string | undefined {
  if (typeof value === 'string') return /^\*{3,}$/.test(value) ? path.join('.') : undefined;
  if (!Array.isArray(value) && !isRecord(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = findMasked(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
