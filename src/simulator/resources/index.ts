/** All six kinds of configuration objects of one simulated tenant. */
import { type Account, accountKind } from './accounts.js';
import { type Authentication, authenticationKind } from './authentications.js';
import { type Channel, channelKind } from './channels.js';
import { type ClientApplication, clientApplicationKind } from './client-applications.js';
import { Collection, type Stored } from './collection.js';
import { type Orchestration, orchestrationKind } from './orchestrations.js';
import { type Participant, participantKind } from './participants.js';

export interface AccountRoute {
  readonly account: Stored<Account>;
  readonly channel: Stored<Channel>;
}

export class Resources {
  readonly authentications: Collection<Authentication>;
  readonly clientapplications: Collection<ClientApplication>;
  readonly participants: Collection<Participant>;
  readonly channels: Collection<Channel>;
  readonly orchestrations: Collection<Orchestration>;
  readonly accounts: Collection<Account>;
  #routes: Map<string, AccountRoute> | undefined;

  constructor(iso: () => string) {
    this.authentications = new Collection(iso);
    this.clientapplications = new Collection(iso);
    this.participants = new Collection(iso);
    this.channels = new Collection(iso);
    this.orchestrations = new Collection(iso);
    this.accounts = new Collection(iso);
    this.channels.onChange = () => (this.#routes = undefined);
    this.accounts.onChange = () => (this.#routes = undefined);
  }

  /** The account that (channel type, address) selects; the oldest one where several share the pair. */
  route(channelType: string, address: string): AccountRoute | undefined {
    this.#routes ??= this.#index();
    return this.#routes.get(`${channelType}\n${address}`);
  }

  channelOf(accountId: string): Stored<Channel> | undefined {
    const account = this.accounts.get(accountId);
    return account === undefined ? undefined : this.channels.get(account.channel.id);
  }

  #index(): Map<string, AccountRoute> {
    const routes = new Map<string, AccountRoute>();
    for (const account of this.accounts.all()) {
      const channel = this.channels.get(account.channel.id);
      if (channel === undefined) continue;
      const key = `${channel.type}\n${account.address}`;
      if (!routes.has(key)) routes.set(key, { account, channel });
    }
    return routes;
  }

  clear(): void {
    for (const kind of kinds) this[kind.kind].clear();
  }
}

export const kinds = [
  authenticationKind,
  clientApplicationKind,
  participantKind,
  channelKind,
  orchestrationKind,
  accountKind,
] as const;
