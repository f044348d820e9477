/**
 * The short way to a working tenant: what a person would click together in eGain, from a few lines. Everything it makes
 * are ordinary objects that the API shows and changes.
 */
import { z } from 'zod';
import { accountSchema } from './resources/accounts.js';
import { type Authentication, authenticationSchema } from './resources/authentications.js';
import { channelSchema } from './resources/channels.js';
import { clientApplicationSchema, type Role } from './resources/client-applications.js';
import type { Collection, Stored } from './resources/collection.js';
import type { Resources } from './resources/index.js';
import { attribute } from './resources/parts.js';

export const setupSchema = z.strictObject({
  /** Where messages to customers go; declaring it again replaces it. */
  callback: z
    .strictObject({
      url: z.url(),
      authentication: z
        .discriminatedUnion('type', [
          z.strictObject({
            type: z.literal('basic'),
            username: z.string().min(1),
            password: z.string().min(1),
          }),
          z.strictObject({
            type: z.literal('oauth2'),
            tokenRequestUrl: z.url(),
            method: z.string().default('POST'),
            headers: z.array(attribute).optional(),
            payload: z.string(),
            accessTokenPath: z.string().default('$.access_token'),
          }),
        ])
        .optional(),
      headers: z.array(attribute).optional(),
      notificationEmail: z.email().default('oncall@example.com'),
    })
    .optional(),
  /** Bodies of channels; only `type` is needed. */
  channels: z.array(channelSchema.partial().required({ type: true })).default([]),
  accounts: z
    .array(
      z.strictObject({
        /** `type` of its channel, made when it does not exist. */
        channel: z.string().min(1),
        address: z.string().min(1),
        name: z.string().min(1).optional(),
        /** Minutes. */
        timeout: z.number().min(0).optional(),
        defaultLanguage: z.string().optional(),
        onAgentUnavailability: z.enum(['off_hours', 'retain_and_retry']).optional(),
        entryPoint: z.string().min(1).optional(),
        /** Conversations begin with the simulator's own bot. */
        bot: z.boolean().default(false),
      }),
    )
    .default([]),
});

export type SetupInput = z.input<typeof setupSchema>;
type Setup = z.output<typeof setupSchema>;

/** A transparent png of one pixel. */
const icon =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const names = {
  agents: 'eGain agents',
  bots: 'eGain virtual assistants',
  participant: 'Virtual assistant',
  customers: 'Simulated customer application',
  callback: 'Simulated callback authentication',
  direct: 'Straight to agents',
  botFirst: 'Bot first',
} as const;

/** What exists in a tenant before anybody has set up anything: eGain's own agent and bot applications. */
export function createTenant(resources: Resources, origin: string): void {
  const role = (name: Role['name']): Role => ({
    name,
    version: 'v3',
    callback: `${origin}/own/${name}`,
    notificationEmail: 'nobody@example.com',
  });
  put(resources.clientapplications, { name: names.agents, active: true, roles: [role('egain_agent')] });
  const bots = put(resources.clientapplications, {
    name: names.bots,
    active: true,
    roles: [role('egain_bot')],
  });
  const application = { id: bots.id };
  put(resources.participants, { name: names.participant, active: true, type: 'egain_bot', application });
}

/** Makes what is declared, and changes what already has the name. @throws {z.ZodError} */
export function declare(resources: Resources, input: SetupInput): void {
  const setup = setupSchema.parse(input);
  if (setup.callback !== undefined) declareCallback(resources, setup.callback);
  for (const channel of setup.channels) declareChannel(resources, channel);
  for (const account of setup.accounts) declareAccount(resources, account);
}

function declareCallback(resources: Resources, callback: NonNullable<Setup['callback']>): void {
  const { url, authentication, headers, notificationEmail } = callback;
  const stored =
    authentication === undefined
      ? undefined
      : put(resources.authentications, authenticationBody(authentication));
  put(
    resources.clientapplications,
    clientApplicationSchema.parse({
      name: names.customers,
      roles: [
        {
          name: 'customer',
          version: 'v3',
          callback: url,
          notificationEmail,
          ...(headers === undefined ? {} : { headers }),
          ...(stored === undefined ? {} : { authentication: { id: stored.id } }),
        },
      ],
    }),
  );
  for (const orchestration of resources.orchestrations.all())
    if (orchestration.name === names.direct || orchestration.name === names.botFirst)
      declareOrchestration(resources, orchestration.name === names.botFirst);
}

type CallbackAuthentication = NonNullable<NonNullable<Setup['callback']>['authentication']>;

function authenticationBody({ type, ...rest }: CallbackAuthentication): Authentication {
  const name = names.callback;
  return authenticationSchema.parse(
    type === 'basic' ? { name, type, basicAuth: rest } : { name, type, oauth2: rest },
  );
}

function declareChannel(resources: Resources, body: Setup['channels'][number]): string {
  const channel = channelSchema.parse({ displayName: body.type, icon, ...body });
  const known = resources.channels.find(({ type }) => type === channel.type);
  return (
    (known === undefined ? resources.channels.create(channel) : resources.channels.replace(known.id, channel))
      ?.id ?? ''
  );
}

function declareOrchestration(resources: Resources, botFirst: boolean): string {
  const byName = (name: string): string =>
    resources.clientapplications.find((app) => app.name === name)?.id ?? '';
  const customers = byName(names.customers);
  const agent = { id: byName(names.agents) };
  const participant = { id: resources.participants.find(({ name }) => name === names.participant)?.id ?? '' };
  const bots = [{ id: byName(names.bots), participant, onEscalation: { agent } }];
  const applications = {
    ...(customers === '' ? {} : { customerConfiguration: { customer: { id: customers } } }),
    agentConfiguration: { agents: [agent] },
    ...(botFirst ? { botConfiguration: { bots } } : {}),
  };
  const name = botFirst ? names.botFirst : names.direct;
  return put(resources.orchestrations, { name, active: true, applications }).id;
}

function declareAccount(resources: Resources, account: Setup['accounts'][number]): void {
  const { address, timeout, defaultLanguage, onAgentUnavailability, entryPoint } = account;
  const channel =
    resources.channels.find(({ type }) => type === account.channel)?.id ??
    declareChannel(resources, { type: account.channel });
  const name = account.name ?? `${account.channel} ${address}`;
  const body = accountSchema.parse({
    name,
    address,
    channel: { id: channel },
    chatConfigurations: {
      orchestration: { id: declareOrchestration(resources, account.bot) },
      ...(timeout === undefined ? {} : { timeout }),
      ...(defaultLanguage === undefined ? {} : { defaultLanguage }),
      ...(onAgentUnavailability === undefined ? {} : { onAgentUnavailability }),
      ...(entryPoint === undefined ? {} : { entryPoint: { id: entryPoint } }),
    },
  });
  put(resources.accounts, body);
}

/** Creates the object, or replaces the one that has the name. */
function put<Body extends { readonly name: string }>(collection: Collection<Body>, body: Body): Stored<Body> {
  const known = collection.find(({ name }) => name === body.name);
  return (known === undefined ? undefined : collection.replace(known.id, body)) ?? collection.create(body);
}
