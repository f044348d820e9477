import type { Capabilities } from './adapter.js';

export interface NamedCapabilities {
  readonly kind: string;
  readonly capabilities: Capabilities;
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
const bothWays = ({
  inbound,
  outbound,
}: {
  readonly inbound: boolean;
  readonly outbound: boolean;
}): string =>
  inbound && outbound ? 'both ways' : inbound ? 'from the customer' : outbound ? 'to the customer' : 'no';

const unitNames = { utf16: 'UTF-16 units', codepoint: 'code points', utf8: 'bytes of UTF-8' } as const;

const rows: readonly (readonly [name: string, cell: (capabilities: Capabilities) => string])[] = [
  ['longest text', ({ text }) => `${text.max} ${unitNames[text.unit]}`],
  ['markup', ({ text }) => (text.markup === 'html' ? 'HTML' : 'none')],
  ['typing', ({ typing }) => bothWays(typing)],
  ['files', ({ attachments }) => bothWays(attachments)],
  ['deletes by the customer', ({ deletes }) => yesNo(deletes)],
  ['drops repeats by itself', ({ idempotent }) => yesNo(idempotent)],
  ['may repeat an event for', ({ redeliveryWindowMs }) => `${redeliveryWindowMs / 3_600_000} hours`],
];

/** What each channel kind can do, as a Markdown table: one column per kind, then a row per kind of rich message. */
export function capabilityTable(kinds: readonly NamedCapabilities[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rich = [...new Set(kinds.flatMap(({ capabilities }) => Object.keys(capabilities.rich)))].sort();
  return [
    line(['', ...kinds.map(({ kind }) => `\`${kind}\``)]),
    line(['---', ...kinds.map(() => '---')]),
    ...rows.map(([name, cell]) => line([name, ...kinds.map(({ capabilities }) => cell(capabilities))])),
    ...rich.map((type) =>
      line([`rich: ${type}`, ...kinds.map(({ capabilities }) => capabilities.rich[type] ?? 'text')]),
    ),
  ].join('\n');
}
