import { pino, type Logger } from 'pino';
import { safeError } from './safe-error.js';

export type { Logger };

/**
 * JSON lines on standard output. Texts and secrets are kept out where lines are written (I9); this is the second wall:
 * errors are told in a few of their fields, and names that would hold a secret or a text are blacked out.
 */
export function createLogger(level: string, instance: string): Logger {
  return pino({
    level,
    base: { instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => safeError(error) },
    redact: {
      paths: ['*.authorization', '*.password', '*.secret', '*.text', '*.html'],
      censor: '[removed]',
    },
  });
}
