import type { Command } from 'commander';
import type { Finding } from '../doctor/finding.js';
import type { CliContext } from './context.js';
import { loadOrFail } from './load-or-fail.js';
import { json, shown } from './printing.js';

const marks: Readonly<Record<Finding['level'], string>> = {
  ok: 'ok     ',
  warning: 'WARNING',
  error: 'ERROR  ',
  skipped: 'skipped',
};

/** `doctor`: exit code 0 only when nothing keeps messages from going their way. */
export function register(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check everything the bridge depends on, and say what to do about each finding')
    .option('--json', 'one JSON object per finding')
    .action(async (options: { json?: boolean }, command: Command) => {
      const config = loadOrFail(context, command);
      const { examine } = await import('../doctor/doctor.js');
      const findings = await examine(config);
      for (const finding of findings) {
        context.stdout.write(options.json === true ? json(finding) : lines(finding));
      }
      if (findings.some(({ level }) => level === 'error')) context.setExitCode(1);
    });
}

function lines({ check, level, found, advice }: Finding): string {
  const first = `${marks[level]}  ${shown(check)}: ${shown(found)}\n`;
  return advice === undefined ? first : `${first}         -> ${shown(advice)}\n`;
}
