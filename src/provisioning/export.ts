/** From what eGain has to sections of a `bridge.yaml` that would declare it. Secrets are left to the environment. */
import { Document } from 'yaml';
import { compact } from './compact.js';
import { defaultIcon } from './default-icon.js';
import { applicationSection, customerRole, idIn, placeholder } from './export-application.js';
import { accountOf, manifestOf } from './export-channel.js';
import { isTree, type Tree } from './kinds.js';
import type { FoundObject, Tenant } from './tenant.js';

export interface ExportOptions {
  /** Name of the client application; needed when several have the role `customer`. */
  readonly application?: string | undefined;
  /** Keeps a channel's icon and says where; without it icons are only mentioned. */
  readonly saveIcon?: ((channelName: string, png: Buffer) => string) | undefined;
}

export type Exported =
  { readonly ok: true; readonly yaml: string } | { readonly ok: false; readonly problem: string };

export function exportSections(tenant: Tenant, options: ExportOptions): Exported {
  const chosen = chooseApplication(tenant, options.application);
  if ('problem' in chosen) return { ok: false, problem: chosen.problem };
  const { application } = chosen;
  const orchestrations = tenant.orchestration.filter(({ record }) => customerIn(record) === application.id);
  const accounts = tenant.account.filter(({ record }) =>
    orchestrations.some(({ id }) => id === orchestrationIn(record)),
  );
  const orchestration =
    orchestrations.find(({ id }) => accounts.some(({ record }) => orchestrationIn(record) === id)) ??
    orchestrations[0];
  const publicUrl = publicUrlOf(application);
  const remarks = [
    'Found in eGain. Names in ${…} are filled in from the environment: set them to the secrets in use.',
    ...(orchestrations.length < 2
      ? []
      : [
          `Several orchestrations use this client application; ${orchestration?.key ?? ''} is the one described.`,
        ]),
  ];
  const channels = channelEntries(accounts, tenant, options, remarks);
  const { callback, provisioning } = applicationSection(application, orchestration, tenant, publicUrl);
  const document = new Document(
    compact({
      publicUrl,
      egain: callback === undefined ? undefined : { callback },
      provisioning: escaped(provisioning),
      channels: channels.length === 0 ? undefined : Object.fromEntries(channels),
    }),
  );
  document.commentBefore = remarks.map((remark) => ` ${remark}`).join('\n');
  return { ok: true, yaml: document.toString({ lineWidth: 120 }) };
}

function chooseApplication(
  { clientApplication }: Tenant,
  wanted: string | undefined,
): { readonly application: FoundObject } | { readonly problem: string } {
  const candidates = clientApplication.filter((each) => customerRole(each) !== undefined);
  const fitting = wanted === undefined ? candidates : candidates.filter(({ key }) => key === wanted);
  const [application, ...others] = fitting;
  const names = candidates.map(({ key, id }) => `${key ?? 'without a name'} (${id})`).join(', ');
  if (application === undefined) {
    return {
      problem:
        candidates.length === 0
          ? 'eGain has no client application with the role customer, so there is nothing to export'
          : `--application: eGain has no client application named ${wanted ?? ''} with the role customer, only ${names}`,
    };
  }
  if (others.length === 0) return { application };
  return { problem: `several client applications have the role customer: ${names}; --application names one` };
}

function channelEntries(
  accounts: readonly FoundObject[],
  tenant: Tenant,
  { saveIcon }: ExportOptions,
  remarks: string[],
): [string, Tree][] {
  const taken = new Set<string>();
  return accounts.flatMap((account): [string, Tree][] => {
    const channel = tenant.channel.find(({ id }) => id === idIn(account.record['channel']));
    if (channel === undefined) return [];
    const name = channelName(account.key ?? 'channel', taken);
    const { icon } = channel.record;
    const isOwn = typeof icon === 'string' && icon.replaceAll(/\s+/g, '') !== defaultIcon;
    const path = isOwn ? saveIcon?.(name, Buffer.from(icon, 'base64')) : undefined;
    if (isOwn && path === undefined) {
      remarks.push(`Channel ${name} has an icon of its own: provision export --icons <folder> saves it.`);
    }
    const entry = {
      adapter: 'webhook',
      url: placeholder(`${name}_URL`),
      secrets: [placeholder(`${name}_SECRET`)],
      manifest: escaped(manifestOf(channel.record, path)),
      account: escaped(accountOf(account.record, name)),
    };
    return [[name, entry]];
  });
}

/** As the configuration names channels: lower case, digits and dashes. */
function channelName(name: string, taken: Set<string>): string {
  const plain =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 60) || 'channel';
  let unique = plain;
  for (let number = 2; taken.has(unique); number += 1) unique = `${plain}-${number}`;
  taken.add(unique);
  return unique;
}

function customerIn(orchestration: Tree): string | undefined {
  const applications = orchestration['applications'];
  const customer = isTree(applications) ? applications['customerConfiguration'] : undefined;
  return isTree(customer) ? idIn(customer['customer']) : undefined;
}

function orchestrationIn(account: Tree): string | undefined {
  const chat = account['chatConfigurations'];
  return isTree(chat) ? idIn(chat['orchestration']) : undefined;
}

const callbackPath = '/egain/callback';

function publicUrlOf(application: FoundObject): string | undefined {
  const callback = customerRole(application)?.['callback'];
  return typeof callback === 'string' && callback.endsWith(callbackPath)
    ? callback.slice(0, -callbackPath.length)
    : undefined;
}

/** A text of eGain's that happens to hold `${` must not be taken for a variable; our own placeholders stay. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') {
    return ownPlaceholder.test(value) ? value : value.replaceAll('${', () => '$${');
  }
  if (Array.isArray(value)) return value.map(escaped);
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, escaped(each)]));
}

const ownPlaceholder = /^\$\{CALLBACK_HEADER_[A-Z0-9_]+\}$/;
