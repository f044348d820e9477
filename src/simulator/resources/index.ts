/** All six kinds of configuration objects of one simulated tenant. */
import { type Account, accountKind } from './accounts.js';
import type { Authentication } from './authentications.js';
import type { Channel } from './channels.js';
import { type ClientApplication, clientApplicationKind } from './client-applications.js';
import { Collection, type Stored } from './collection.js';
import type { KindName, Reference } from './kind.js';
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
  /** Called after every change of any object. */
  onChange: () => void = () => undefined;
  #routes: Map<string, AccountRoute> | undefined;

  constructor(iso: () => string) {
    this.authentications = new Collection(iso);
    this.clientapplications = new Collection(iso);
    this.participants = new Collection(iso);
    this.channels = new Collection(iso);
    this.orchestrations = new Collection(iso);
    this.accounts = new Collection(iso);
    for (const collection of this.#all())
      collection.onChange = () => {
        this.#routes = undefined;
        this.onChange();
      };
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

  /** Every object with the references it holds. */
  *references(): Generator<{ user: KindName; label: string; references: readonly Reference[] }> {
    for (const app of this.clientapplications.all())
      yield {
        user: 'clientapplications',
        label: app.name,
        references: clientApplicationKind.references(app),
      };
    for (const bot of this.participants.all())
      yield { user: 'participants', label: bot.name, references: participantKind.references(bot) };
    for (const orchestration of this.orchestrations.all()) {
      const references = orchestrationKind.references(orchestration);
      yield { user: 'orchestrations', label: orchestration.name, references };
    }
    for (const account of this.accounts.all())
      yield { user: 'accounts', label: account.name, references: accountKind.references(account) };
  }

  clear(): void {
    for (const collection of this.#all()) collection.clear();
  }

  #all(): readonly Pick<Collection<Account>, 'clear' | 'onChange'>[] {
    return [
      this.authentications,
      this.clientapplications,
      this.participants,
      this.channels,
      this.orchestrations,
      this.accounts,
    ];
  }
}
