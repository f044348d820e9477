/** The client application of eGain and what hangs on it as `egain.callback` and `provisioning`. */
import { pick } from './export-channel.js';
import { compact } from './compact.js';
import { isTree, type Tree } from './kinds.js';
import { rolesOf } from './resolve.js';
import type { FoundObject, Tenant } from './tenant.js';

export interface ApplicationSection {
  readonly callback: Tree | undefined;
  readonly provisioning: Tree;
}

const agentRole = 'egain_agent';

export function customerRole(application: FoundObject): Tree | undefined {
  const roles: unknown = application.record['roles'];
  if (!Array.isArray(roles)) return undefined;
  return roles.find((role): role is Tree => isTree(role) && role['name'] === 'customer');
}

/** `publicUrl`: as the application's callback names it. */
export function applicationSection(
  application: FoundObject,
  orchestration: FoundObject | undefined,
  tenant: Tenant,
  publicUrl: string | undefined,
): ApplicationSection {
  const role = customerRole(application) ?? {};
  const name = application.key ?? application.id;
  const authentication = byId(tenant.authentication, idIn(role['authentication']));
  const way = authentication === undefined ? undefined : callbackWay(authentication.record, publicUrl);
  const usual = way === undefined ? undefined : `${name}-${way.name}`;
  const names = compact({
    [way?.name ?? 'basic']: authentication?.key === usual ? undefined : authentication?.key,
    orchestration: orchestration?.key === name ? undefined : orchestration?.key,
  });
  const isByHand = authentication !== undefined && way === undefined;
  return {
    callback: way === undefined ? undefined : { authentication: [way.entry] },
    provisioning: compact({
      name,
      names: Object.keys(names).length === 0 || isByHand ? undefined : names,
      notificationEmail: role['notificationEmail'],
      headers: headersOf(role['headers']),
      authentication: isByHand ? { id: authentication.id } : undefined,
      ...(orchestration === undefined ? {} : talkers(orchestration.record, tenant)),
    }),
  };
}

/** Their values may be keys: they are left to the environment, like every secret. */
function headersOf(headers: unknown): unknown {
  if (!Array.isArray(headers) || headers.length === 0) return undefined;
  return headers
    .filter(isTree)
    .map(({ name }) => ({ name, value: placeholder(`CALLBACK_HEADER_${String(name)}`) }));
}

interface Way {
  readonly name: 'basic' | 'oauth2';
  readonly entry: Tree;
}

/** Undefined for tokens of another issuer, which the bridge cannot describe. */
function callbackWay(authentication: Tree, publicUrl: string | undefined): Way | undefined {
  const { type, basicAuth, oauth2 } = authentication;
  if (type === 'basic' && isTree(basicAuth)) {
    const password = placeholder('EGAIN_CALLBACK_PASSWORD');
    return { name: 'basic', entry: { type: 'basic', username: basicAuth['username'], password } };
  }
  if (type !== 'oauth2' || !isTree(oauth2) || publicUrl === undefined) return undefined;
  if (oauth2['tokenRequestUrl'] !== `${publicUrl}/egain/token`) return undefined;
  const clients = [
    { id: placeholder('EGAIN_CALLBACK_CLIENT_ID'), secret: placeholder('EGAIN_CALLBACK_CLIENT_SECRET') },
  ];
  const keys = [{ kid: 'k1', secret: placeholder('EGAIN_CALLBACK_SIGNING_KEY') }];
  return { name: 'oauth2', entry: { type: 'bearer', issuer: 'bridge', clients, keys } };
}

function talkers(orchestration: Tree, tenant: Tenant): Tree {
  const applications = isTree(orchestration['applications']) ? orchestration['applications'] : {};
  const agents = listIn(applications['agentConfiguration'], 'agents');
  const [agent] = agents.map((entry) => entry['id']);
  const alike = tenant.clientApplication.filter(({ record }) => rolesOf(record).includes(agentRole));
  const isTheOnlyOne = alike.length === 1 && alike[0]?.id === agent;
  const botConfiguration = isTree(applications['botConfiguration']) ? applications['botConfiguration'] : {};
  const bots = listIn(botConfiguration, 'bots');
  const behind = bots.flatMap((bot) => byId(tenant.participant, idIn(bot['participant'])) ?? []);
  const own = behind.filter(({ record }) => record['type'] === 'custom_bot');
  return compact({
    agent: agent === undefined || isTheOnlyOne ? undefined : { id: agent },
    participants: own.length === 0 ? undefined : own.map(({ record }) => participant(record)),
    bots:
      behind.length === 0
        ? undefined
        : {
            participants: behind.map(({ key, id }) => key ?? id),
            escalate: bots.some(({ onEscalation }) => onEscalation !== undefined),
            ...pick(botConfiguration, ['forwardTranscript', 'bypassVaDuration']),
          },
  });
}

function participant(record: Tree): Tree {
  const intents = listIn(record['intents'], 'intent').map((intent) =>
    pick(intent, ['value', 'displayValue']),
  );
  const options = listIn(record, 'options').map((option) => pick(option, ['name', 'value']));
  return compact({
    ...pick(record, ['name', 'description']),
    application: { id: idIn(record['application']) },
    intents: intents.length === 0 ? undefined : intents,
    options: options.length === 0 ? undefined : options,
  });
}

export function idIn(reference: unknown): string | undefined {
  return isTree(reference) && typeof reference['id'] === 'string' ? reference['id'] : undefined;
}

function listIn(tree: unknown, field: string): readonly Tree[] {
  const list = isTree(tree) ? tree[field] : undefined;
  return Array.isArray(list) ? list.filter(isTree) : [];
}

function byId(objects: readonly FoundObject[], id: string | undefined): FoundObject | undefined {
  return objects.find((object) => object.id === id);
}

/** `${NAME}`, which the configuration fills in from the environment. */
export function placeholder(name: string): string {
  return `\${${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}}`;
}
