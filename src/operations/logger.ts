import { pino, type Logger } from 'pino';

export type { Logger };

/**
 * JSON lines on standard output. Texts and secrets are kept out where lines are written (I9); redaction here is the
 * second wall, for what a library's error may carry along.
 */
export function createLogger(level: string, instance: string): Logger {
  return pino({
    level,
    base: { instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'err.command',
        '*.authorization',
        '*.password',
        '*.secret',
        '*.text',
        '*.html',
        'err.config',
        'err.request',
        'err.cause.command',
      ],
      censor: '[removed]',
    },
  });
}
