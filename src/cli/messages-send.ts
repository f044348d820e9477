import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { BridgeConfig } from '../../config/schema.js';
import type { Core } from '../bridge/core.js';
import type { Journey } from '../lanes/journeys.js';
import type { TestMessage } from '../operators/test-message.js';
import type { Whereabouts } from '../operators/whereabouts.js';
import { CommandFailure, type CliContext } from './context.js';
import { duration } from './duration.js';
import { tell } from './journey-text.js';
import { json } from './printing.js';
import { withCore } from './with-core.js';

interface SendOptions {
  readonly channel: string;
  readonly customer: string;
  readonly text: string;
  readonly direction: 'in' | 'out';
  readonly wait: string;
  readonly json?: boolean;
}

const lookEveryMs = 100;

/** As much as a test needs, and within every channel's limits. */
const longestText = 500;

/** `messages send`: a test message through a channel, and what became of it. */
export function registerSend(group: Command, context: CliContext): void {
  group
    .command('send')
    .description('a test message through a channel: waits for its end; exit code 0 only if it was delivered')
    .requiredOption('--channel <name>', 'channel')
    .requiredOption('--customer <id>', 'the channel’s id of the customer; take one of your own')
    .requiredOption('--text <text>', 'what it says')
    .addOption(
      new Option(
        '--direction <direction>',
        'in: as if the customer had written, to eGain, where it may reach an agent; out: to the customer',
      )
        .choices(['in', 'out'])
        .default('in'),
    )
    .option('--wait <duration>', 'how long to wait for its end', '30s')
    .option('--json', 'print the journey as JSON')
    .action((options: SendOptions, command: Command) =>
      withCore(context, command, async (core, config) => {
        const waitMs = duration(options.wait, '--wait');
        const message: TestMessage = {
          id: `test-${randomUUID()}`,
          direction: options.direction,
          channel: options.channel,
          customerId: options.customer,
          text: options.text,
        };
        await check(config, message);
        const { sendTestMessage } = await import('../operators/test-message.js');
        await sendTestMessage(core, message);
        const journey = await outcomeOf(core, message.id, waitMs);
        context.stdout.write(options.json === true ? json(journey, 2) : tell(journey));
        if (journey.end?.outcome !== 'delivered') context.setExitCode(1);
        if (journey.end === undefined) {
          throw new CommandFailure(
            `the message was not delivered within ${options.wait}; it is kept and tried on: messages trace ${message.id}`,
          );
        }
      }),
    );
}

/** What the channel's webhook would have refused is refused here, too. @throws {CommandFailure} */
async function check(config: BridgeConfig, message: TestMessage): Promise<void> {
  const { channel, customerId, text, direction } = message;
  if (config.channels[channel] === undefined)
    throw new CommandFailure(`there is no channel "${channel}" in the configuration`);
  if (customerId === '' || customerId.length > 256)
    throw new CommandFailure('--customer: expected an id of 1 to 256 characters');
  if (text.trim() === '' || text.length > longestText)
    throw new CommandFailure(`--text: expected 1 to ${longestText} characters`);
  if (direction === 'out') return;
  const { configuredChannels } = await import('../bridge/channels.js');
  const { inboundRestrictions } = await import('../bridge/manifest.js');
  const { checkInbound } = await import('../messages/policy.js');
  const { asCustomer } = await import('../operators/test-message.js');
  const configured = configuredChannels(config).get(channel);
  if (configured === undefined) return;
  const enforce = config.egain.switches.enforce_inbound_limit;
  const restrictions = inboundRestrictions(configured, enforce);
  if (restrictions !== undefined && checkInbound(asCustomer(message), restrictions).kind === 'refused')
    throw new CommandFailure('--text: the channel’s manifest allows no text of this length');
}

/** The journey once it has ended, or as it stands when the time is up. */
async function outcomeOf(core: Core, id: string, waitMs: number): Promise<Journey & Whereabouts> {
  const { findJourneys } = await import('../lanes/journeys.js');
  const { whereItIs } = await import('../operators/whereabouts.js');
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const [journey] = await findJourneys(core.redis, core.keys, id);
    if (journey !== undefined && (journey.end !== undefined || performance.now() >= giveUpAt))
      return { ...journey, ...(await whereItIs(core, journey, (other) => other === id)) };
    if (performance.now() >= giveUpAt)
      throw new CommandFailure(`there is no journey of message ${id} any more`);
    await sleep(lookEveryMs);
  }
}
