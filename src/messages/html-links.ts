/** Links and pictures of an HTML text, as they can be shown without markup. */

/** Schemes a customer may be sent to; anything else (`javascript:`, `data:`, relative) leaves only its text. */
const linkScheme = /^(https?|mailto|tel|sms):/i;

/** The address as it may be shown, or nothing. */
export function shownAddress(href: string | undefined): string | undefined {
  // Browsers drop tabs, line ends and leading spaces first: `java\tscript:` must not look like anything else here.
  const bare = (href ?? '')
    .replace(/[\0-\x1f]/g, '')
    .trim()
    .replaceAll(' ', '%20');
  const address = bare.startsWith('//') ? `https:${bare}` : bare;
  return linkScheme.test(address) ? address : undefined;
}

const simplified = (address: string): string =>
  address
    .replace(/^(https?:\/\/|mailto:|tel:|sms:)/i, '')
    .replace(/\/$/, '')
    .toLowerCase();

/** What to write after a link's own text: nothing when the text already is the address. */
export function addressAfter(text: string, address: string): string | undefined {
  const shown = text.trim();
  const readable = /^(mailto|tel|sms):[^?]*$/i.test(address) ? address.replace(/^[^:]*:/, '') : address;
  if (shown === '') return readable;
  return simplified(shown) === simplified(address) ? undefined : ` (${readable})`;
}

/** A picture's alternative text, else its address; nothing for a tracking pixel or an embedded picture. */
export function imageText(attributes: Readonly<Record<string, string>>): string {
  const alt = attributes['alt']?.trim();
  if (alt !== undefined && alt !== '') return alt;
  const pixel = attributes['width'] === '1' || attributes['height'] === '1';
  return pixel ? '' : (shownAddress(attributes['src']) ?? '');
}
