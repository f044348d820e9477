import ipaddr from 'ipaddr.js';

/** Public by its range, and yet the inside of somebody's cloud: Azure's platform service. */
const alsoInside: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Whether a file may be fetched from this address without anybody having allowed it: the internet at large, nothing of
 * this machine, its network or its cloud (I9). Forms that carry an IPv4 address inside are judged by that one.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.kind() === 'ipv4') return isPublicV4(address.toString(), address.range());
  const bytes = address.toByteArray();
  const embedded = embeddedV4(bytes, address.range());
  if (embedded !== undefined) return isPublicV4(embedded.toString(), embedded.range());
  // 2000::/3 is all that was ever given out as global unicast.
  return address.range() === 'unicast' && ((bytes[0] ?? 0) & 0xe0) === 0x20;
}

/** `::1` and its relatives: the one place to which plain http may go when somebody allows it. */
export function isLoopbackAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const v4 = address.kind() === 'ipv6' ? embeddedV4(address.toByteArray(), address.range()) : undefined;
  return (v4 ?? address).range() === 'loopback';
}

function isPublicV4(text: string, range: string): boolean {
  return range === 'unicast' && !alsoInside.has(text);
}

/** Networks with IPv6 only reach the IPv4 internet by NAT64's well-known prefix; its local-use one stays refused. */
function embeddedV4(bytes: number[], range: string): ipaddr.IPv4 | undefined {
  const nat64 = range === 'rfc6052' && bytes.slice(4, 12).every((byte) => byte === 0);
  if (range !== 'ipv4Mapped' && !nat64) return undefined;
  return new ipaddr.IPv4(bytes.slice(12));
}
