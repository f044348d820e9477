import type { ReceivedRequest } from '../../src/simulator/channel/deliveries.js';
import type { SimulatorRecord } from '../../src/simulator/index.js';

/** One request with one message, as the far end saw it. Times in milliseconds since 1970. */
export interface Attempt {
  readonly id: string;
  readonly receivedAt: number;
  readonly endedAt: number;
  /** The far end took the message, whatever the caller got to hear of it. */
  readonly processed: boolean;
  /** What became of the answer; `spoilt` = cut short or not what it says it is. */
  readonly answer: 'whole' | 'spoilt' | 'reset' | 'none' | 'gone';
}

/** From the hub's own records, in the order the requests ended. */
export function attemptsAtHub(records: readonly SimulatorRecord[]): Attempt[] {
  return records.flatMap((record): Attempt[] => {
    if (record.kind !== 'request' || record.operation !== 'sendMessage') return [];
    const { processed, answer, fault = '' } = record;
    const spoilt = answer === 'reset' ? fault.includes('cut') : fault.includes('truncate');
    return idsIn(record.body).map((id) => ({
      id,
      receivedAt: Date.parse(record.receivedAt),
      endedAt: Date.parse(record.at),
      processed,
      answer: spoilt ? 'spoilt' : answer === 'written' ? 'whole' : answer,
    }));
  });
}

/** From the sample channel's own records. */
export function attemptsAtChannel(requests: readonly ReceivedRequest[]): Attempt[] {
  return requests.map(({ webhookId, at, endedAt, outcome, answer }) => ({
    id: webhookId,
    receivedAt: at,
    endedAt: endedAt ?? at,
    processed: outcome === 'taken' || outcome === 'repeat',
    answer: answer === 'written' ? 'whole' : answer,
  }));
}

function idsIn(body: unknown): string[] {
  const messages: unknown = at(at(body, 'messages'), 'message');
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: unknown) => {
    const id = at(message, 'messageId');
    return typeof id === 'string' ? [id] : [];
  });
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

export function byId(attempts: readonly Attempt[]): ReadonlyMap<string, readonly Attempt[]> {
  const found = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const known = found.get(attempt.id);
    if (known === undefined) found.set(attempt.id, [attempt]);
    else known.push(attempt);
  }
  for (const list of found.values()) list.sort((a, b) => a.receivedAt - b.receivedAt);
  return found;
}
