/** `npm run bench -- <name>`: one measurement, as a table or (`--json`) as one JSON object on standard output. */
import { accept } from './benches/accept.js';
import { backlog } from './benches/backlog.js';
import { files } from './benches/files.js';
import { flat } from './benches/flat.js';
import { gates } from './benches/gates.js';
import { latency } from './benches/latency.js';
import { overload } from './benches/overload.js';
import { recovery } from './benches/recovery.js';
import { relay } from './benches/relay.js';
import { start } from './benches/start.js';
import type { Bench } from './frame/bench.js';
import { machineFacts } from './frame/machine.js';
import { readOptions } from './frame/options.js';
import { asJson, asText } from './frame/report.js';
import { alternate, compare, medians, type Variant } from './frame/rounds.js';
import { onNode, runsOn } from './peers/node.js';

const benches: Readonly<Record<string, Bench>> = {
  accept,
  relay,
  latency,
  flat,
  backlog,
  files,
  recovery,
  start,
  gates,
  overload,
};

async function run(): Promise<void> {
  const args = process.argv.slice(2);
  const options = readOptions(args);
  const bench = benches[options.name];
  if (bench === undefined) throw new Error(`There is no measurement ${options.name}.`);
  if (options.node !== undefined && !runsOn(options.node)) {
    process.exitCode = await onNode(options.node, args);
    return;
  }
  const messages = options.messages ?? bench.messages ?? 10_000;
  const plan = await bench.plan({ ...options, messages });
  const variants = chosen(plan.variants, options.only);
  const measured = await alternate(variants, options.rounds, (line) => process.stderr.write(`${line}\n`));
  const report = {
    bench: options.name,
    rounds: options.rounds,
    machine: await machineFacts(),
    rows: medians(measured),
    comparisons: compare(measured, plan.ratios),
    notes: plan.notes(measured),
  };
  process.stdout.write(`${options.json ? asJson(report) : asText(report)}\n`);
}

/** A name given in full stands for itself alone: `bridge` leaves `bridge-express` out. */
function chosen(variants: readonly Variant[], only: string): readonly Variant[] {
  const exact = variants.filter(({ name }) => only.split(',').includes(name));
  return exact.length > 0 ? exact : variants.filter(({ name }) => name.includes(only));
}

run().catch((error: unknown) => {
  const names = Object.entries(benches).map(([name, { what }]) => `  ${name.padEnd(10)}${what}`);
  const usage = [
    'Usage: npm run bench -- <name> [--rounds 5] [--seconds 5] [--messages number] [--only names or part-of-a-name] [--peers] [--node 24] [--json]',
    ...names,
  ];
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\n${usage.join('\n')}\n`,
  );
  process.exitCode = 1;
});
