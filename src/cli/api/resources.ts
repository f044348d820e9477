import type { EgainClient } from '../../egain/client.js';
import type { Resource } from '../../egain/resource.js';
import type { Column } from './show.js';

export interface ApiResource {
  /** As it is typed. */
  readonly name: string;
  readonly alias?: string;
  readonly singular: string;
  readonly plural: string;
  readonly about: string;
  /** Of the table that `list` shows. */
  readonly columns: readonly Column[];
  readonly hasIcon?: boolean;
  /** What goes in is unknown until the client has checked it. */
  of(client: EgainClient): Resource<unknown, Readonly<Record<string, unknown>>>;
}

const active: Column = ['active', 'active'];
const modified: Column = ['modified', 'modified'];

/** In the order in which they are set up, each one needing those before it [seed]. */
export const apiResources: readonly ApiResource[] = [
  {
    name: 'authentications',
    singular: 'authentication',
    plural: 'authentications',
    about: 'how eGain logs in to a callback',
    columns: [['id', 'id'], ['name', 'name'], ['type', 'type'], active, modified],
    of: (client) => client.authentications,
  },
  {
    name: 'client-applications',
    alias: 'clientapplications',
    singular: 'client application',
    plural: 'client applications',
    about: 'where eGain delivers messages, by role',
    columns: [
      ['id', 'id'],
      ['name', 'name'],
      ['roles', 'roles.name'],
      ['callbacks', 'roles.callback'],
      active,
    ],
    of: (client) => client.clientApplications,
  },
  {
    name: 'participants',
    singular: 'participant',
    plural: 'participants',
    about: 'bots behind a client application',
    columns: [
      ['id', 'id'],
      ['name', 'name'],
      ['type', 'type'],
      ['client application', 'application.id'],
      active,
    ],
    of: (client) => client.participants,
  },
  {
    name: 'channels',
    singular: 'channel',
    plural: 'channels',
    about: 'custom channels and their limits',
    columns: [['id', 'id'], ['type', 'type'], ['display name', 'displayName'], active, modified],
    hasIcon: true,
    of: (client) => client.channels,
  },
  {
    name: 'orchestrations',
    singular: 'orchestration',
    plural: 'orchestrations',
    about: 'which customer, bot and agent applications talk to each other',
    columns: [
      ['id', 'id'],
      ['name', 'name'],
      ['customer', 'applications.customerConfiguration.customer.id'],
      ['agents', 'applications.agentConfiguration.agents.id'],
      ['bots', 'applications.botConfiguration.bots.participant.id'],
      active,
    ],
    of: (client) => client.orchestrations,
  },
  {
    name: 'accounts',
    singular: 'account',
    plural: 'accounts',
    about: 'business addresses on channels',
    columns: [
      ['id', 'id'],
      ['name', 'name'],
      ['address', 'address'],
      ['channel', 'channel.id'],
      ['orchestration', 'chatConfigurations.orchestration.id'],
      active,
    ],
    of: (client) => client.accounts,
  },
];
