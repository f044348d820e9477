import { readableSize, type AttachmentPolicy } from '../messages/policy.js';
import { effectiveCapabilities, type EffectiveCapabilities } from './effective-capabilities.js';
import type { Capabilities } from './adapter.js';

export interface NamedCapabilities {
  readonly kind: string;
  readonly capabilities: Capabilities;
}

/** A channel that is declared: what its kind can do, and what its manifest leaves of it. */
export interface DeclaredCapabilities {
  readonly name: string;
  readonly kind: string;
  readonly capabilities: Capabilities;
  readonly effective: EffectiveCapabilities;
}

type Row = readonly [name: string, cell: (capabilities: EffectiveCapabilities) => string];

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

function fileRule({ enabled, type, extensions = [], maxSize }: AttachmentPolicy): string {
  if (enabled === false) return 'none';
  const named = extensions.join(', ');
  const which = named === '' ? 'any' : type === 'allow' ? `only ${named}` : `all but ${named}`;
  return maxSize === undefined ? which : `${which}; up to ${readableSize(maxSize)}`;
}

const text: Row = ['longest text', ({ text: { max, unit } }) => `${max} ${unitNames[unit]}`];
const markup: Row = ['markup', (can) => (can.text.markup === 'html' ? 'HTML' : 'none')];
const typing: Row = ['typing', (can) => bothWays(can.typing)];

const ofKinds: readonly Row[] = [
  text,
  markup,
  typing,
  ['files', ({ attachments }) => bothWays(attachments)],
  ['deletes by the customer', ({ deletes }) => yesNo(deletes)],
  ['drops repeats by itself', ({ idempotent }) => yesNo(idempotent)],
  ['may repeat an event for', ({ redeliveryWindowMs }) => `${redeliveryWindowMs / 3_600_000} hours`],
];

const ofManifests: readonly Row[] = [
  ['longest text from the customer', (can) => `${can.inboundTextMax ?? can.text.max} UTF-16 units`],
  ['longest text to the customer', text[1]],
  ['markup to the customer', markup[1]],
  typing,
  ['files from the customer', ({ files }) => fileRule(files.inbound)],
  ['files to the customer', ({ files }) => fileRule(files.outbound)],
  ['lines of the hub itself', ({ systemMessages }) => yesNo(systemMessages)],
];

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(
  columns: readonly { readonly title: string; readonly can: EffectiveCapabilities }[],
  rows: readonly Row[],
): string {
  const rich = [...new Set(columns.flatMap(({ can }) => Object.keys(can.rich)))].sort();
  return [
    line(['', ...columns.map(({ title }) => title)]),
    line(['---', ...columns.map(() => '---')]),
    ...rows.map(([name, cell]) => line([name, ...columns.map(({ can }) => cell(can))])),
    ...rich.map((type) => line([`rich: ${type}`, ...columns.map(({ can }) => can.rich[type] ?? 'text')])),
  ].join('\n');
}

/** What each channel kind can do, as a Markdown table: one column per kind, then a row per kind of rich message. */
export function capabilityTable(kinds: readonly NamedCapabilities[]): string {
  return table(
    kinds.map(({ kind, capabilities }) => ({
      title: `\`${kind}\``,
      can: effectiveCapabilities(capabilities),
    })),
    ofKinds,
  );
}

/** A table per declared channel: beside what its kind can do, what its manifest leaves, as it is enforced. */
export function manifestTables(channels: readonly DeclaredCapabilities[]): string {
  return channels
    .map(({ name, kind, capabilities, effective }) =>
      table(
        [
          { title: `\`${kind}\` can`, can: effectiveCapabilities(capabilities) },
          { title: `\`${name}\` is left`, can: effective },
        ],
        ofManifests,
      ),
    )
    .join('\n\n');
}
