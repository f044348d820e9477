import { createHash } from 'node:crypto';
import type { Customer } from '../messages/model.js';
import type { InboundSwitches } from './switches.js';
import type { Contact, HubCustomer, NameValue } from './types.js';

export interface CustomerIdentity {
  /** Value for `lookupContact` and `conversationContact`: `type` or `type.subType` [wild: DM bridge]. */
  readonly lookup: string;
  readonly customer: HubCustomer;
}

/**
 * Who the customer is to eGain. The lookup contact must be stable and unique per person, or strangers are merged into
 * one record (contract, 10.2); therefore an address that a person merely typed never becomes one, it travels as an
 * attribute.
 */
export function customerIdentity(
  customer: Customer,
  channelName: string,
  switches: Pick<InboundSwitches, 'contact' | 'useVerifiedContact'>,
): CustomerIdentity {
  const vouched = (kind: 'email' | 'phone'): string | undefined =>
    switches.useVerifiedContact && customer.verified?.includes(kind) === true ? customer[kind] : undefined;
  const email = vouched('email');
  const phone = vouched('phone');
  const contacts: Contact[] = [
    ...(email === undefined ? [] : [{ type: 'email', address: email }]),
    ...(phone === undefined ? [] : [{ type: 'phone', subType: 'mobile', address: phone }]),
  ];
  const first = contacts[0] ?? ownContact(customer.id, channelName, switches.contact);
  const attributes = attributesOf(customer, email !== undefined, phone !== undefined);
  return {
    lookup: first.subType === undefined ? first.type : `${first.type}.${first.subType}`,
    customer: {
      ...(customer.name === undefined ? {} : { name: customer.name }),
      type: 'individual',
      ...(attributes.length === 0 ? {} : { attributes }),
      contacts: { contact: contacts.length === 0 ? [first] : contacts },
    },
  };
}

function ownContact(id: string, channelName: string, template: InboundSwitches['contact']): Contact {
  const address = template.address
    .replaceAll('{customer}', () => addressPart(id))
    .replaceAll('{channel}', () => addressPart(channelName));
  return {
    type: template.type,
    ...(template.subType === undefined ? {} : { subType: template.subType }),
    address,
  };
}

/**
 * A plain id goes in as it is. Any other is replaced by its hash, and so is a plain one that looks like a hash: nobody
 * can choose an id that leads to somebody else's address.
 */
export function addressPart(id: string): string {
  if (/^[a-z0-9._-]{1,64}$/.test(id) && !id.startsWith('h-')) return id;
  return `h-${createHash('sha256').update(id, 'utf8').digest('hex').slice(0, 32)}`;
}

/** Our own names win over a channel's attribute of the same name: they are the checked ones. */
function attributesOf(customer: Customer, emailIsContact: boolean, phoneIsContact: boolean): NameValue[] {
  const all = new Map(Object.entries(customer.attributes ?? {}));
  if (customer.email !== undefined && !emailIsContact) all.set('email', customer.email);
  if (customer.phone !== undefined && !phoneIsContact) all.set('phone', customer.phone);
  if (customer.language !== undefined) all.set('language', customer.language);
  if (customer.timeZone !== undefined) all.set('timeZone', customer.timeZone);
  return [...all].map(([name, value]) => ({ name, value }));
}

/**
 * What a customer told about themselves before there was a conversation, under what the opening message says. Each
 * voucher holds only for the very address it came with: a later typed one must not inherit it.
 */
export function mergeCustomer(pending: Customer | undefined, current: Customer): Customer {
  if (pending === undefined) return current;
  const verified = (['email', 'phone'] as const).filter((kind) => {
    const source = current[kind] === undefined ? pending : current;
    return source[kind] !== undefined && source.verified?.includes(kind) === true;
  });
  return {
    ...pending,
    ...current,
    verified,
    attributes: { ...pending.attributes, ...current.attributes },
  };
}
