/** The bodies of eGain's Create Channel and Create Account, from a channel's `manifest` and `account`. */
import type { ChannelConfig } from '../../config/schema.js';
import { compact } from './compact.js';
import type { Tree } from './kinds.js';
import { Pointer } from './pointer.js';

type Manifest = ChannelConfig['manifest'];
type Account = ChannelConfig['account'];

const policyFields = ['enabled', 'maxSize', 'type', 'extensions'];
const inboundFields = ['maxTextLength', 'features', 'attachmentPolicy'];
const outboundFields = [...inboundFields, 'systemMessages', 'midChatAuth', 'richMessageTypes'];

export function channelBody({ restrictions, ...manifest }: Manifest, icon: string): Tree {
  return compact({
    ...manifest,
    icon,
    restrictions:
      restrictions === undefined
        ? undefined
        : {
            inbound: direction(restrictions.inbound, inboundFields),
            outbound: direction(restrictions.outbound, outboundFields),
          },
  });
}

/**
 * A limit that is not written down does not exist for the bridge, so eGain must not have one either: the known fields
 * of declared restrictions are complete, unlike everywhere else.
 */
function direction(
  given: NonNullable<Manifest['restrictions']>['inbound'],
  fields: readonly string[],
): Tree | null {
  if (given === undefined) return null;
  const { attachmentPolicy } = given;
  return {
    ...complete(given, fields),
    attachmentPolicy: attachmentPolicy === undefined ? null : complete(attachmentPolicy, policyFields),
  };
}

function complete(given: Tree, fields: readonly string[]): Tree {
  return Object.fromEntries(fields.map((field) => [field, given[field] ?? null]));
}

export function accountBody(
  channelName: string,
  account: Account,
  channelType: string,
  orchestration: string,
): Tree {
  const { name, description, address, entryPoint, caseManagement, ...chat } = account;
  const to = (kind: 'channel' | 'orchestration', key: string) => ({
    id: new Pointer(kind, 'key', key, `channels.${channelName}`),
  });
  return compact({
    name: name ?? channelName,
    description,
    active: true,
    address,
    channel: to('channel', channelType),
    caseManagement: caseManagement === undefined ? undefined : compact(caseManagement),
    chatConfigurations: compact({
      ...chat,
      orchestration: to('orchestration', orchestration),
      entryPoint: entryPoint === undefined ? undefined : { id: entryPoint },
    }),
  });
}
