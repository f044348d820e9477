import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { documentedBlock } from './documented.js';
import { projectRoot } from './spawn-process.js';

/** The rules of the documented user, its password put in the place of the reader's. */
export function documentedRules(password: string): readonly string[] {
  return documentedBlock('docs/operations.md', 'user bridge on')
    .replaceAll('\\\n', ' ')
    .trim()
    .split(/\s+/)
    .slice(2)
    .map((rule) => (rule.startsWith('>') ? `>${password}` : rule));
}

/** Commands that rules allow one by one. */
export function grantedCommands(rules: readonly string[]): readonly string[] {
  return rules.flatMap((rule) => (/^\+\w/.test(rule) ? [rule.slice(1)] : []));
}

/** BullMQ's scripts that lanes, their repair and Bull Board run; most of their branches only in rare moments. */
const queueScripts = [
  'addStandardJob',
  'addDelayedJob',
  'extendLock',
  'extendLocks',
  'getCounts',
  'getRanges',
  'getState',
  'isMaxed',
  'moveJobFromActiveToWait',
  'moveStalledJobsToWait',
  'moveToActive',
  'moveToDelayed',
  'moveToFinished',
  'releaseLock',
  'removeJob',
  'retryJob',
];

/** Every command that a script may run, ours and those of BullMQ we use, found in their texts. */
export function scriptedCommands(): ReadonlySet<string> {
  const own = join(projectRoot, 'src/lanes/scripts');
  const bullmq = dirname(createRequire(import.meta.url).resolve('bullmq'));
  const theirs = join(bullmq, 'scripts');
  const files = [
    ...readdirSync(own).map((name) => join(own, name)),
    join(projectRoot, 'src/egain/token/scripts.ts'),
    ...queueScripts.map((name) => {
      const file = readdirSync(theirs).find((one) => one.startsWith(`${name}-`) && one.endsWith('.js'));
      if (file === undefined) throw new Error(`BullMQ has no script ${name}`);
      return join(theirs, file);
    }),
  ];
  const call = /\b(?:rcall|redis\.p?call)\(\s*["']([A-Za-z]+)["']/g;
  return new Set(
    files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(call)].map(([, name = '']) => name.toLowerCase()),
    ),
  );
}
