/** Whose callback a message goes to: account → orchestration → client application → role (contract 3). */
import type { Conversation } from '../conversations/model.js';
import type { Authentication } from '../resources/authentications.js';
import type { ClientApplication, Role } from '../resources/client-applications.js';
import type { Stored } from '../resources/collection.js';
import type { Resources } from '../resources/index.js';
import type { Orchestration } from '../resources/orchestrations.js';

export interface Target {
  readonly url: string;
  readonly role: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly notificationEmail: string;
  readonly authentication?: Stored<Authentication>;
}

type Side = 'customer' | 'bot' | 'agent';

const rolesOf: Readonly<Record<Side, readonly Role['name'][]>> = {
  customer: ['customer'],
  bot: ['custom_bot', 'egain_bot'],
  agent: ['custom_agent', 'egain_agent'],
};

function application(applications: Orchestration['applications'], side: Side): string | undefined {
  switch (side) {
    case 'customer':
      return applications.customerConfiguration?.customer.id;
    case 'bot':
      return applications.botConfiguration?.bots[0]?.id;
    case 'agent':
      return (
        applications.agentConfiguration?.agents?.[0]?.id ??
        applications.botConfiguration?.bots[0]?.onEscalation?.agent.id
      );
  }
}

function roleOf(app: ClientApplication, side: Side): Role | undefined {
  return app.roles.find(({ name }) => rolesOf[side].includes(name));
}

/** Undefined when the graph leads nowhere or what it leads to is not active. */
export function findTarget(resources: Resources, conversation: Conversation, side: Side): Target | undefined {
  const orchestrationId = resources.accounts.get(conversation.accountId)?.chatConfigurations.orchestration
    ?.id;
  const orchestration =
    orchestrationId === undefined ? undefined : resources.orchestrations.get(orchestrationId);
  const id = orchestration === undefined ? undefined : application(orchestration.applications, side);
  const app = id === undefined ? undefined : resources.clientapplications.get(id);
  const role = app?.active === true ? roleOf(app, side) : undefined;
  if (role === undefined) return undefined;
  const authentication =
    role.authentication === undefined ? undefined : resources.authentications.get(role.authentication.id);
  return {
    url: role.callback,
    role: role.name,
    headers: role.headers ?? [],
    notificationEmail: role.notificationEmail,
    ...(authentication === undefined ? {} : { authentication }),
  };
}
