/** What is allowed but hardly meant: told at start and by `config check`, never refused. */
import type { Path } from './problems.js';
import type { BridgeConfig } from './schema.js';

export interface Warning {
  readonly path: Path;
  readonly expected: string;
  readonly hint: string;
}

const minute = 60_000;

export function warningsOf(config: BridgeConfig): Warning[] {
  return [
    ...noChannels(config),
    ...holdBeyondTimeout(config),
    ...sharedCustomers(config),
    ...uncheckedRedis(config),
  ];
}

function noChannels({ channels }: BridgeConfig): Warning[] {
  if (Object.keys(channels).length > 0) return [];
  return [
    { path: ['channels'], expected: 'at least one channel', hint: 'without one there is nothing to bridge' },
  ];
}

/** I4: outbound messages are never held beyond the account's timeout, so a longer hold holds only inbound ones. */
function holdBeyondTimeout({ delivery, channels }: BridgeConfig): Warning[] {
  return Object.entries(channels)
    .filter(([, { account }]) => delivery.holdMs > account.timeout * minute)
    .map(([name, { account }]) => ({
      path: ['channels', name, 'account', 'timeout'],
      expected: `at least delivery.holdMs (${delivery.holdMs / minute} minutes)`,
      hint: `messages to the customer are given up after ${account.timeout} minutes`,
    }));
}

/** Customer ids are unique within their channel only. */
function sharedCustomers({ egain, channels }: BridgeConfig): Warning[] {
  const template = egain.switches.contact.address;
  if (Object.keys(channels).length < 2 || template.includes('{channel}')) return [];
  return [
    {
      path: ['egain', 'switches', 'contact', 'address'],
      expected: 'a template that contains {channel}',
      hint: 'customers with the same id on two channels become one customer in eGain',
    },
  ];
}

/** Meant for a trial, and forgotten there. */
function uncheckedRedis({ redis: { tls } }: BridgeConfig): Warning[] {
  if (typeof tls !== 'object' || tls.verify) return [];
  return [
    {
      path: ['redis', 'tls', 'verify'],
      expected: 'true, and the authority in redis.tls.ca',
      hint: 'anybody on the way can pose as Redis and read along',
    },
  ];
}
