import type { Verdict } from './judge.js';
import type { Repeats } from './repeats.js';
import { describeSchedule, planSchedule } from './schedule.js';
import type { ChaosSettings } from './settings.js';

/** The command that runs this again. */
export function replay(settings: ChaosSettings): string {
  const { seed, customers, messages, processes, disturbedMs, faults, deduplicate } = settings;
  return [
    `npm run chaos -- --seed ${seed} --minutes ${disturbedMs / 60_000}`,
    `--customers ${customers} --messages ${messages} --processes ${processes}`,
    `--faults ${[...faults].join(',')} --deduplicate ${deduplicate ? 'on' : 'off'}`,
  ].join(' ');
}

export function isWell({ broken }: Verdict): boolean {
  return Object.values(broken).every((list: readonly string[]) => list.length === 0);
}

/** All that a run found, for people. */
export function report(verdict: Verdict): string {
  const { figures, broken, settings } = verdict;
  const { accepted, delivered, repeats, orphaned, recoveryMs } = figures;
  const s = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const lines = [
    `chaos ${isWell(verdict) ? 'held' : 'BROKE'}: ${replay(settings)}`,
    `  schedule     ${describeSchedule(planSchedule(settings))}`,
    `  incidents    ${Object.entries(figures.incidents)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
    `  accepted     inbound ${accepted.inbound}, outbound ${accepted.outbound}`,
    `  faults       ${Object.entries(figures.faults)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
    `  answers      ${Object.entries(figures.answers)
      .map(([answer, count]) => `${answer} ${count}`)
      .join(', ')}`,
    `  delivered    inbound ${delivered.inbound}, outbound ${delivered.outbound}`,
    `  dead letters inbound ${figures.deadLettered.inbound}, outbound ${figures.deadLettered.outbound}`,
    `  repeats      inbound ${repeatsLine(repeats.inbound)}; outbound ${repeatsLine(repeats.outbound)}`,
    `  orphaned     ${orphaned.conversations} conversations, ${orphaned.messages} messages`,
    `  longest hold ${s(figures.longestHoldMs)}; disturbed for ${s(figures.disturbedMs)}, settled ${s(figures.settledMs)} later`,
    `  recovery     ${(['kill', 'freeze'] as const)
      .map(
        (kind) =>
          `after a ${kind} ${s(recoveryMs[kind].longest)} at most, median ${s(recoveryMs[kind].median)}, ${recoveryMs[kind].messages} messages`,
      )
      .join('; ')}`,
    `  SIGTERM      all gone within ${s(figures.exitMs)}`,
    ...Object.entries(broken).map(([name, list]: [string, readonly string[]]) => brokenLine(name, list)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The same for programs: one JSON object. */
export function jsonReport(verdict: Verdict): string {
  const { settings, figures, broken } = verdict;
  const { inbound, outbound } = figures.repeats;
  const plain = ({ causes, unexplained, messages }: Repeats): object => ({
    causes: Object.fromEntries(causes),
    unexplained,
    messages: messages.size,
  });
  return `${JSON.stringify(
    {
      held: isWell(verdict),
      command: replay(settings),
      schedule: planSchedule(settings),
      figures: { ...figures, repeats: { inbound: plain(inbound), outbound: plain(outbound) } },
      broken,
    },
    undefined,
    2,
  )}\n`;
}

function repeatsLine({ causes, unexplained }: Repeats): string {
  const known = [...causes].map(([cause, count]) => `${cause} ${count}`);
  return [...known, `unexplained ${unexplained.length}`].join(', ');
}

function brokenLine(name: string, list: readonly string[]): string {
  const shown = list.slice(0, 10).map((line) => `\n    ${line}`);
  return `  ${name.padEnd(12)} ${list.length}${shown.join('')}${list.length > 10 ? '\n    …' : ''}`;
}
