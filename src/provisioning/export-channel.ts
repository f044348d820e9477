/** A channel of eGain and one of its accounts as an entry of `channels`. */
import { compact } from './compact.js';
import { isTree, type Tree } from './kinds.js';

const manifestFields = ['type', 'displayName', 'description', 'restrictions', 'l10nProperties'];
const policyFields = ['enabled', 'maxSize', 'type', 'extensions'];
const inboundFields = ['maxTextLength', 'features', 'attachmentPolicy'];
const outboundFields = [...inboundFields, 'systemMessages', 'midChatAuth', 'richMessageTypes'];
const chatFields = [
  'timeout',
  'defaultLanguage',
  'onAgentUnavailability',
  'allowLogoutWithOpenChats',
  'allowQueueTransferOnAgentUnavailability',
];

/** `icon`: path of its file, where one was written. */
export function manifestOf(channel: Tree, icon: string | undefined): Tree {
  const { restrictions, l10nProperties, ...rest } = pick(channel, manifestFields);
  return compact({
    ...rest,
    icon,
    active: channel['active'] === false ? false : undefined,
    restrictions: isTree(restrictions)
      ? compact({
          inbound: direction(restrictions['inbound'], inboundFields),
          outbound: direction(restrictions['outbound'], outboundFields),
        })
      : undefined,
    l10nProperties: texts(l10nProperties),
  });
}

function direction(value: unknown, fields: readonly string[]): Tree | undefined {
  if (!isTree(value)) return undefined;
  const { attachmentPolicy, ...rest } = pick(value, fields);
  const policy = isTree(attachmentPolicy) ? pick(attachmentPolicy, policyFields) : undefined;
  return compact({ ...rest, attachmentPolicy: policy });
}

/** An empty list is no setting of ours. */
function texts(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.filter(isTree).map((entry) => pick(entry, ['language', 'properties']));
}

/** `channelName`: what the channel is called in the configuration, and the account by default. */
export function accountOf(account: Tree, channelName: string): Tree {
  const chat = isTree(account['chatConfigurations']) ? account['chatConfigurations'] : {};
  const entryPoint = isTree(chat['entryPoint']) ? chat['entryPoint']['id'] : undefined;
  const cases = isTree(account['caseManagement'])
    ? pick(account['caseManagement'], ['sameCaseDuration', 'copyCustomAttributes'])
    : {};
  return compact({
    name: account['name'] === channelName ? undefined : account['name'],
    description: account['description'] === '' ? undefined : account['description'],
    address: account['address'],
    entryPoint,
    ...pick(chat, chatFields),
    caseManagement: Object.keys(cases).length === 0 ? undefined : cases,
  });
}

export function pick(tree: Tree, fields: readonly string[]): Tree {
  return compact(Object.fromEntries(fields.map((field) => [field, tree[field] ?? undefined])));
}
