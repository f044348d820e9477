/** The table of docs/conversation-manager.md, from what was seen. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { z } from 'zod';
import { exchangeChannel } from '../../../src/simulator/http/observed.js';
import { describedEverywhere, type DescribedOperation } from '../../support/api-description.js';
import type { Step } from './tours.js';

const exchangeSchema = z.object({
  operation: z.string(),
  answer: z.object({ status: z.int() }).optional(),
});

export type Door = 'client' | 'command' | 'provisioning';

export interface Coverage {
  /** Runs steps of one door and writes down which operations each of them carried out with success. */
  through(door: Door, tour: (step: Step) => Promise<void>): Promise<void>;
  /** How `operation` was carried out through `door`, in the order seen. */
  by(operation: string, door: Door): readonly string[];
  /** Statuses the simulator answered it with. */
  statuses(operation: string): readonly number[];
}

export function createCoverage(): Coverage {
  const labels = new Map<string, Set<string>>();
  const statuses = new Map<string, Set<number>>();
  const note = <Value>(map: Map<string, Set<Value>>, key: string, value: Value): void => {
    map.set(key, (map.get(key) ?? new Set()).add(value));
  };
  return {
    through: async (door, tour) => {
      let label = '';
      const onExchange = (message: unknown): void => {
        const { operation, answer } = exchangeSchema.parse(message);
        if (answer === undefined || answer.status >= 400) return;
        note(labels, `${door} ${operation}`, label);
        note(statuses, operation, answer.status);
      };
      subscribe(exchangeChannel, onExchange);
      try {
        await tour((text, run) => {
          label = text;
          return run();
        });
      } finally {
        unsubscribe(exchangeChannel, onExchange);
      }
    },
    by: (operation, door) => [...(labels.get(`${door} ${operation}`) ?? [])],
    statuses: (operation) => [...(statuses.get(operation) ?? [])],
  };
}

/** Sections in the order of eGain's page; getting a token is ours to mention, not the page's. */
const rows: readonly DescribedOperation[] = describedEverywhere.filter(
  ({ operationId }) => operationId !== 'requestToken',
);

export function coverageTable(coverage: Coverage): string {
  const code = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ') || '–';
  const cells = rows.map(({ section, summary, method, path, operationId }) => [
    section,
    summary,
    `\`${method} ${path}\``,
    code(firstOf(coverage.by(operationId, 'client'))),
    code(firstOf(coverage.by(operationId, 'command'))),
    code(coverage.by(operationId, 'provisioning')),
    coverage.statuses(operationId).join(', ') || '–',
  ]);
  const heading = ['section', 'operation', 'call', 'client', 'command `api …`', '`provision …`', 'simulator'];
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...cells.map(line)].join('\n');
}

/** Larger calls carry out smaller ones as well; the tours take the small ones first. */
function firstOf(labels: readonly string[]): readonly string[] {
  return labels.slice(0, 1);
}

/** A table without what is only there for the eye: padding and the length of rules. */
export function unpadded(markdown: string): string {
  return markdown
    .trim()
    .replace(/ *\| */g, '|')
    .replace(/-{3,}/g, '---');
}
