/** What should exist in eGain, derived from the configuration: nothing is said twice in `bridge.yaml`. */
import type { BridgeConfig } from '../../config/schema.js';
import { isLoopback } from '../../config/schema/fields.js';
import type { ProvisioningConfig } from '../../config/schema/provisioning.js';
import { authenticationsOf } from './declared-authentications.js';
import { accountBody, channelBody } from './declared-channels.js';
import { compact } from './compact.js';
import type { DeclaredObject } from './declared-object.js';
import type { Icons } from './icons.js';
import { kinds, titleOf } from './kinds.js';
import { namesOf } from './names.js';
import { Pointer } from './pointer.js';

export interface Declaration {
  /** In order of creation. */
  readonly objects: readonly DeclaredObject[];
  /** Sentences; with any of them nothing can be done. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

export function declare(config: BridgeConfig, provisioning: ProvisioningConfig, icons: Icons): Declaration {
  const authentications = authenticationsOf(config, provisioning);
  const all = [
    ...authentications.objects,
    clientApplication(config, provisioning, authentications.used),
    ...provisioning.participants.map(participant),
    ...channels(config, icons),
    orchestration(provisioning),
    ...Object.entries(config.channels).map(([name, { account }]): DeclaredObject => {
      const { type } = config.channels[name]?.manifest ?? { type: '' };
      const body = accountBody(name, account, type, namesOf(provisioning).orchestration);
      return { kind: 'account', key: account.name ?? name, body, setting: `channels.${name}.account` };
    }),
  ];
  const { objects, problems } = withoutTwins(all);
  return {
    objects,
    problems: [...icons.problems, ...authentications.problems, ...problems],
    notices: [...icons.notices, ...reachability(config)],
  };
}

function clientApplication(
  { publicUrl }: BridgeConfig,
  provisioning: ProvisioningConfig,
  authentication: Pointer | undefined,
): DeclaredObject {
  const { notificationEmail, headers } = provisioning;
  const role = compact({
    name: 'customer',
    // #31: the payload of v1 is not known.
    version: 'v3',
    callback: `${publicUrl}/egain/callback`,
    notificationEmail,
    headers,
    authentication: authentication === undefined ? undefined : { id: authentication },
  });
  const name = namesOf(provisioning).clientApplication;
  const body = { name, active: true, roles: [role] };
  return { kind: 'clientApplication', key: name, body, setting: 'provisioning' };
}

function participant(declared: ProvisioningConfig['participants'][number], index: number): DeclaredObject {
  const { name, description, application, intents, options } = declared;
  const setting = `provisioning.participants[${index}]`;
  const [by, value] =
    application.id === undefined
      ? (['key', application.name ?? ''] as const)
      : (['id', application.id] as const);
  const body = compact({
    name,
    type: 'custom_bot',
    description,
    active: true,
    application: {
      id: new Pointer(
        'clientApplication',
        by,
        value,
        `${setting}.application.${by === 'id' ? 'id' : 'name'}`,
      ),
    },
    intents: intents === undefined ? undefined : { intent: intents },
    options,
  });
  return { kind: 'participant', key: name, body, setting };
}

function channels({ channels: configured }: BridgeConfig, { byChannel }: Icons): DeclaredObject[] {
  return Object.entries(configured).map(([name, { manifest }]) => ({
    kind: 'channel',
    key: manifest.type,
    body: channelBody(manifest, byChannel.get(name) ?? ''),
    setting: `channels.${name}.manifest`,
  }));
}

function orchestration(provisioning: ProvisioningConfig): DeclaredObject {
  const { agent, bots } = provisioning;
  const names = namesOf(provisioning);
  const agents =
    agent.id === undefined
      ? new Pointer('clientApplication', 'role', agent.role, 'provisioning.agent.role')
      : new Pointer('clientApplication', 'id', agent.id, 'provisioning.agent.id');
  const own = new Pointer('clientApplication', 'key', names.clientApplication, 'provisioning.name');
  const body = {
    name: names.orchestration,
    active: true,
    applications: compact({
      customerConfiguration: { customer: { id: own } },
      agentConfiguration: { agents: [{ id: agents }] },
      botConfiguration:
        bots === undefined
          ? undefined
          : compact({
              forwardTranscript: bots.forwardTranscript,
              bypassVaDuration: bots.bypassVaDuration,
              bots: bots.participants.map((name, index) => {
                const setting = `provisioning.bots.participants[${index}]`;
                return compact({
                  id: new Pointer('participant', 'bot', name, setting),
                  participant: { id: new Pointer('participant', 'key', name, setting) },
                  onEscalation: bots.escalate ? { agent: { id: agents } } : null,
                });
              }),
            }),
    }),
  };
  return { kind: 'orchestration', key: names.orchestration, body, setting: 'provisioning' };
}

/** Two settings may ask for the same channel as long as they ask for the same; any other name may be asked for once. */
function withoutTwins(all: readonly DeclaredObject[]): Pick<Declaration, 'objects' | 'problems'> {
  const seen = new Map<string, DeclaredObject>();
  const problems: string[] = [];
  for (const object of all) {
    const place = `${object.kind}\n${object.key}`;
    const twin = seen.get(place);
    if (twin === undefined) {
      seen.set(place, object);
    } else if (object.kind !== 'channel') {
      problems.push(`${object.setting}: ${titleOf(object)} is declared by ${twin.setting} as well`);
    } else if (JSON.stringify(object.body) !== JSON.stringify(twin.body)) {
      problems.push(
        `${object.setting}: expected the same as ${twin.setting}, because both declare ${titleOf(object)}`,
      );
    }
  }
  const objects = [...seen.values()];
  return { objects: kinds.flatMap((kind) => objects.filter((object) => object.kind === kind)), problems };
}

function reachability({ publicUrl, egain }: BridgeConfig): string[] {
  if (!isLoopback(new URL(publicUrl).hostname) || isLoopback(new URL(egain.apiUrl).hostname)) return [];
  return [`publicUrl: eGain cannot reach ${publicUrl}; its callbacks need the address the internet sees`];
}
