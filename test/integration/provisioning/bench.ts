/** A simulated tenant, a `bridge.yaml` that declares something in it, and `egain-bridge provision`. */
import { Command } from 'commander';
import { stringify } from 'yaml';
import { register, type Ask } from '../../../src/cli/provision.js';
import { end } from '../../../src/cli/ending.js';
import type { CliContext } from '../../../src/cli/context.js';
import type { SimulatorOptions } from '../../../src/simulator/index.js';
import { startDesk, type Desk, type Ended } from '../api/desk.js';

export type Tree = Readonly<Record<string, unknown>>;

export interface ProvisioningBench extends Desk {
  /** Runs `provision <line>` with the configuration, `overrides` merged into it. */
  provision(line: string, overrides?: Tree, ask?: Ask): Promise<Ended>;
  /** Runs `egain-bridge <args>` where nobody can be asked. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** The requests that changed something, e.g. `createChannel 201`. */
  changes(): string[];
}

export const password = 'callback-password-of-the-tests';

/** The least that declares one of each kind but a participant. */
export function configuration(overrides: Tree = {}): Tree {
  return merge(
    {
      publicUrl: 'https://bridge.example.com',
      egain: { callback: { authentication: [{ type: 'basic', username: 'egain', password }] } },
      channels: {
        support: {
          adapter: 'webhook',
          url: 'https://chat.example.com/bridge',
          secrets: [`whsec_${Buffer.alloc(24, 7).toString('base64')}`],
          manifest: {
            type: 'custom.support',
            displayName: 'Support',
            restrictions: {
              inbound: { maxTextLength: 4000, features: ['typing_events', 'attachments'] },
              outbound: {
                maxTextLength: 4000,
                attachmentPolicy: { maxSize: 1000, type: 'block', extensions: ['exe', 'bat'] },
              },
            },
            l10nProperties: [
              { language: 'en-US', properties: [{ name: 'msg_hub_off_hours', value: 'Closed' }] },
            ],
          },
          account: { address: 'acme-support', entryPoint: '1001' },
        },
      },
      provisioning: { notificationEmail: 'oncall@example.com' },
    },
    overrides,
  );
}

export async function startBench(options: Partial<SimulatorOptions> = {}): Promise<ProvisioningBench> {
  const desk = await startDesk(options);
  return {
    ...desk,
    provision: async (line, overrides = {}, ask) => {
      const file = await desk.file('bridge.yaml', stringify(configuration(overrides)));
      return run(['--config', file, 'provision', ...line.split(' ')], desk.env, ask);
    },
    run: (args, env = {}) => run(args, { ...desk.env, ...env }, undefined),
    changes: () =>
      desk.simulator.records().flatMap((record) => {
        if (record.kind !== 'request' || !/^(create|update|delete)/.test(record.operation)) return [];
        return [`${record.operation} ${record.status}`];
      }),
  };
}

/** As a terminal would, or as a pipeline where nobody can be asked. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>, ask: Ask): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  let exitCode = 0;
  const context: CliContext = {
    env,
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    setExitCode: (code) => (exitCode = code),
  };
  const program = new Command('egain-bridge').option('--config <file>').exitOverride();
  register(program, context, () => ask);
  await program.parseAsync([...args], { from: 'user' }).catch((error: unknown) => end(error, context));
  return { ...written, exitCode };
}

/** Lists are replaced, `undefined` takes a setting away. */
export function merge(base: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const own = merged[name];
    merged[name] = isTree(own) && isTree(value) ? merge(own, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
