/** How a conversation is started: the account by (channel type, address), the customer by the lookup contact. */
import type { Answer } from '../http/answer.js';
import { missing, privateCodes, refuse } from '../refusals.js';
import type { AccountRoute } from '../resources/index.js';
import type { World } from '../world.js';
import type { RequestMessage } from './schema.js';

export interface Start {
  readonly route: AccountRoute;
  /** `type.subType:address`. */
  readonly contact: string;
}

type StartConversation = RequestMessage['conversation'];

export function planStart(world: World, message: RequestMessage, at: string): Start | Answer {
  const { conversation } = message;
  const where = `${at}.conversation`;
  if (conversation.account === undefined) return missing(`${where}.account`);
  const { address, channel } = conversation.account;
  const { requireEntryPoint, requireLookupContact, contactTypes } = world.switches.current;
  if (requireEntryPoint && conversation.entryPoint?.id === undefined)
    return missing(`${where}.entryPoint.id`);
  if (requireLookupContact && conversation.lookupContact === undefined)
    return missing(`${where}.lookupContact`);
  if (conversation.customer === undefined) return missing(`${where}.customer`);
  const route = world.resources.route(channel.type, address);
  if (route === undefined)
    return refuse(privateCodes.noSuchAccount, `No account ${address} on a channel of type ${channel.type}`);
  if (!route.account.active || !route.channel.active)
    return refuse(privateCodes.inactive, `Account ${address} or its channel is not active`);
  const contacts = conversation.customer.contacts?.contact ?? [];
  const strange = contacts.find(({ type }) => contactTypes.length > 0 && !contactTypes.includes(type));
  if (strange !== undefined)
    return refuse(privateCodes.contactType, `Contact type ${strange.type} is not known`);
  const contact = lookup(conversation);
  if (contact !== undefined) return { route, contact };
  return requireLookupContact
    ? refuse(
        privateCodes.lookupContactAbsent,
        'The customer has no contact of the kind named by lookupContact',
      )
    : { route, contact: `anonymous:${conversation.customer.name ?? ''}` };
}

/** `phone.mobile` names the contact of type `phone` and subType `mobile`; `email` one of that type [wild: DM bridge]. */
function lookup({ customer, lookupContact }: StartConversation): string | undefined {
  const contacts = customer?.contacts?.contact ?? [];
  const wanted =
    lookupContact === undefined
      ? contacts[0]
      : contacts.find(({ type, subType }) =>
          subType === undefined ? lookupContact === type : lookupContact === `${type}.${subType}`,
        );
  if (wanted === undefined || wanted.address === '') return undefined;
  const kind =
    lookupContact ?? [wanted.type, ...(wanted.subType === undefined ? [] : [wanted.subType])].join('.');
  return `${kind}:${wanted.address}`;
}
