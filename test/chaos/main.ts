/** `npm run chaos`: one run with settings of one's own; the report goes to standard output. */
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isWell, jsonReport, replay, report } from './report.js';
import { runChaos } from './run.js';
import {
  chaosDefaults,
  faultFamilies,
  faultNames,
  isFaultName,
  messagesFor,
  type ChaosSettings,
  type FaultName,
} from './settings.js';

interface Options {
  readonly seed?: number;
  readonly minutes: number;
  readonly faults: readonly FaultName[];
  readonly customers: number;
  readonly messages?: number;
  readonly processes: number;
  readonly deduplicate: 'on' | 'off';
  readonly json: boolean;
  readonly logs?: string;
  readonly beside?: string;
}

const program = new Command('chaos')
  .description('Let everything fail while customers and agents write, and see whether the promises hold.')
  .option('--seed <n>', 'replays the schedule of a run; default: a new one', positive)
  .option('--minutes <m>', 'how long things go wrong', positive, chaosDefaults.disturbedMs / 60_000)
  .option('--faults <a,b>', 'what goes wrong, by the names below, or all', readFaults, [...faultNames])
  .option('--customers <n>', 'customers at the same time', positive, chaosDefaults.customers)
  .option('--messages <n>', 'per customer and direction; default: 10, in long runs more', positive)
  .option('--processes <n>', 'bridge processes', positive, chaosDefaults.processes)
  .option('--json', 'the report as one JSON object', false)
  .option('--logs <folder>', 'keep what the processes log, in full')
  .option('--beside <folder>', 'another build: half of the processes are of that one, and each start changes')
  .addOption(
    new Option('--deduplicate <on|off>', 'whether the hub recognises repeats')
      .choices(['on', 'off'])
      .default('on'),
  )
  .addHelpText(
    'after',
    `\nWhat can go wrong:\n${Object.entries(faultFamilies)
      .map(([name, what]) => `  ${name.padEnd(15)}${what}`)
      .join('\n')}\n`,
  );

const {
  seed = randomInt(1_000_000),
  minutes,
  faults,
  deduplicate,
  messages,
  json,
  logs,
  beside,
  ...numbers
} = program.parse().opts<Options>();
const settings: ChaosSettings = {
  ...numbers,
  seed,
  disturbedMs: Math.round(minutes * 60_000),
  messages: messages ?? messagesFor(minutes * 60_000),
  faults: new Set(faults),
  deduplicate: deduplicate === 'on',
};
process.stderr.write(`${replay(settings)}\n`);
const verdict = await runChaos(settings, {
  tell: (line) => process.stderr.write(`${line}\n`),
  ...(logs === undefined ? {} : { logs }),
  ...(beside === undefined ? {} : { otherBuild: resolve(beside) }),
});
process.stdout.write(json ? jsonReport(verdict) : report(verdict));
process.exitCode = isWell(verdict) ? 0 : 1;

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

function readFaults(text: string): readonly FaultName[] {
  if (text.trim() === 'all') return faultNames;
  return text.split(',').map((given) => {
    const name = given.trim();
    if (isFaultName(name)) return name;
    throw new InvalidArgumentError(
      `there is no "${name}"; expected all, or some of ${faultNames.join(', ')}`,
    );
  });
}
