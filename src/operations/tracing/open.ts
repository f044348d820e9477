import type { Logger } from '../logger.js';
import type { Tracing } from './tracing.js';
import { tracingWish } from './wish.js';

/**
 * Tracing as the environment asks for it; undefined when it does not, and then nothing of OpenTelemetry is loaded. What
 * it asks for and cannot have is one line in the log: messages matter more than what is told about them.
 */
export async function openTracing(
  environment: Readonly<Record<string, string | undefined>>,
  log: Logger,
): Promise<Tracing | undefined> {
  const wish = tracingWish(environment);
  if (wish.kind === 'off') return undefined;
  if (wish.kind === 'refused') {
    log.warn({ reason: wish.why }, 'traces are not sent');
    return undefined;
  }
  try {
    const { openTelemetry } = await import('./open-telemetry.js');
    return openTelemetry(log);
  } catch (error) {
    log.warn({ err: error }, 'traces are not sent');
    return undefined;
  }
}
