/** `provision plan|apply|destroy|export`: the eGain side of the bridge, as the configuration declares it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { BridgeConfig } from '../../config/schema.js';
import type { EgainAndEgress } from '../../config/load.js';
import type * as Room from '../provisioning/index.js';
import type { Session } from '../provisioning/index.js';
import { CommandFailure, type CliContext } from './context.js';
import { loadEgainOrFail, loadOrFail } from './load-or-fail.js';

/** Asks a person; undefined where there is none. */
export type Ask = ((question: string) => Promise<string>) | undefined;

interface Rotation {
  readonly rotateSecrets?: boolean;
}

interface Consent {
  readonly yes?: boolean;
}

const rotateOption = ['--rotate-secrets', 'send the secrets that eGain does not show'] as const;

export function register(program: Command, context: CliContext, whoToAsk: () => Ask = terminal): void {
  const group = program
    .command('provision')
    .description('compare what is declared with what eGain has, and make it so');

  group
    .command('plan')
    .description('show what apply would do (exit code 0: nothing, 2: something)')
    .option(...rotateOption)
    .option('--json', 'print as JSON')
    .action((options: Rotation & { json?: boolean }, command: Command) => plan(context, command, options));

  group
    .command('apply')
    .description('create and change what differs')
    .option(...rotateOption)
    .option('--yes', 'do not ask')
    .action((options: Rotation & Consent, command: Command) =>
      apply(context, command, options, consent(options, whoToAsk(), 'apply')),
    );

  group
    .command('destroy')
    .description('delete what is declared, in reverse order, and nothing else')
    .option('--yes', 'do not ask')
    .action((options: Consent, command: Command) =>
      destroy(context, command, consent(options, whoToAsk(), 'destroy')),
    );

  group
    .command('export')
    .description('print what eGain has as sections of a bridge.yaml, secrets left as placeholders')
    .option('--application <name>', 'client application, where several have the role customer')
    .option('--icons <folder>', 'save the channels’ icons there')
    .action((options: { application?: string; icons?: string }, command: Command) =>
      exportSections(context, command, options),
    );
}

async function plan(
  context: CliContext,
  command: Command,
  { rotateSecrets = false, json = false }: Rotation & { json?: boolean },
): Promise<void> {
  await withDeclared(context, command, ({ room, declaration, tenant }) => {
    const made = room.makePlan(declaration, tenant, { rotateSecrets });
    context.stdout.write(json ? `${JSON.stringify(room.planData(made), null, 2)}\n` : room.planText(made));
    if (made.problems.length > 0) throw new CommandFailure(room.sentences(made.problems));
    if (room.differencesIn(made) > 0) context.setExitCode(2);
  });
}

async function apply(
  context: CliContext,
  command: Command,
  { rotateSecrets = false }: Rotation,
  agree: Agree,
): Promise<void> {
  await withDeclared(context, command, async ({ room, config, declaration, tenant, resources }) => {
    const made = room.makePlan(declaration, tenant, { rotateSecrets });
    context.stdout.write(room.planText(made));
    if (made.problems.length > 0) throw new CommandFailure(room.sentences(made.problems));
    if (room.differencesIn(made) === 0) return;
    await agree('Carry this out in eGain?');
    const outcome = await room.applyPlan(made, resources, {
      sendModified: config.egain.switches.send_modified,
      onDone: (step, id) => {
        const verb = step.action === 'create' ? 'created' : 'changed';
        context.stdout.write(`${verb} ${room.titleOf(step)} (${id})\n`);
      },
    });
    if (outcome.ok) return;
    throw new CommandFailure(
      room.stopText(outcome, outcome.failed.action === 'create' ? 'created' : 'changed'),
    );
  });
}

async function destroy(context: CliContext, command: Command, agree: Agree): Promise<void> {
  await withDeclared(context, command, async ({ room, declaration, tenant, resources }) => {
    const made = room.makeDestruction(declaration, tenant);
    context.stdout.write(room.destructionText(made));
    if (made.problems.length > 0) throw new CommandFailure(room.sentences(made.problems));
    if (made.targets.length === 0) return;
    await agree('Delete this from eGain?');
    const outcome = await room.destroy(made, resources, ({ kind, key, id }) => {
      context.stdout.write(`deleted ${room.titleOf({ kind, key: key ?? id })} (${id})\n`);
    });
    if (!outcome.ok) throw new CommandFailure(room.stopText(outcome, 'deleted'));
  });
}

async function exportSections(
  context: CliContext,
  command: Command,
  { application, icons }: { application?: string; icons?: string },
): Promise<void> {
  const saveIcon =
    icons === undefined
      ? undefined
      : (channel: string, png: Buffer): string => {
          mkdirSync(icons, { recursive: true });
          const path = resolve(icons, `${channel}.png`);
          writeFileSync(path, png);
          return path;
        };
  // The section has yet to be written by whoever asks for an export: `EGAIN_*` variables are enough.
  const egain = loadEgainOrFail(context, command);
  const room = await import('../provisioning/index.js');
  await withSession(egain, room.nothingDeclared, ({ tenant }) => {
    const exported = room.exportSections(tenant, { application, saveIcon });
    if (!exported.ok) throw new CommandFailure(exported.problem);
    context.stdout.write(exported.yaml);
  });
}

interface Desk extends Session {
  readonly room: typeof Room;
  readonly config: BridgeConfig;
}

async function withDeclared(
  context: CliContext,
  command: Command,
  work: (desk: Desk) => Promise<void> | void,
): Promise<void> {
  const config = loadOrFail(context, command);
  const room = await import('../provisioning/index.js');
  const declaration = await inPlainWords(() => room.declarationOf(config));
  await withSession(config, declaration, (session) => work({ ...session, room, config }));
}

async function withSession(
  access: EgainAndEgress,
  declaration: Session['declaration'],
  work: (session: Session) => Promise<void> | void,
): Promise<void> {
  const { openSession } = await import('../provisioning/index.js');
  const { connectToEgain } = await import('./api/connect.js');
  const { client, close } = connectToEgain(access);
  try {
    await work(await inPlainWords(() => openSession(declaration, client)));
  } finally {
    await close();
  }
}

async function inPlainWords<T>(work: () => Promise<T> | T): Promise<T> {
  const { ProvisioningFailure } = await import('../provisioning/index.js');
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProvisioningFailure)) throw error;
    throw new CommandFailure(error.message, { cause: error });
  }
}

/** Returns when the operator agrees. @throws CommandFailure otherwise. */
type Agree = (question: string) => Promise<void>;

function consent({ yes = false }: Consent, ask: Ask, verb: string): Agree {
  if (yes) return () => Promise.resolve();
  if (ask === undefined) {
    throw new CommandFailure(`provision ${verb} changes eGain, and nobody is here to be asked: add --yes`);
  }
  return async (question) => {
    const answer = await ask(`${question} [y/N] `);
    if (!/^\s*y(es)?\s*$/i.test(answer))
      throw new CommandFailure('nothing was changed: the answer was not yes');
  };
}

function terminal(): Ask {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return undefined;
  return async (question) => {
    const lines = createInterface({ input: stdin, output: stderr });
    const ended = new AbortController();
    lines.once('close', () => ended.abort());
    try {
      return await lines.question(question, { signal: ended.signal }).catch((error: unknown) => {
        if (ended.signal.aborted) return '';
        throw error;
      });
    } finally {
      lines.close();
    }
  };
}
