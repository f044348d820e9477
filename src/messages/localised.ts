/** Times and amounts as the customer writes them. Whatever language or zone is given, the answer is a text. */

/** Milliseconds east of UTC that the text itself tells, `+02:00`; nothing for UTC or without one. */
function ownOffset(iso: string): { readonly ms: number; readonly label: string } | undefined {
  const found = /([+-])(\d{2}):?(\d{2})$/.exec(iso);
  if (found === null || !iso.includes('T')) return undefined;
  const [, sign, hours = '0', minutes = '0'] = found;
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return ms === 0 ? undefined : { ms, label: `UTC${found[0].replace(/:?00$/, '').replace(/([+-])0/, '$1')}` };
}

const shape: Intl.DateTimeFormatOptions = {
  weekday: 'short',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
};

/** Making one takes longer than parsing a message. Undefined: the runtime does not know the language or zone. */
const formats = new Map<string, Intl.DateTimeFormat | undefined>();
const mostFormats = 500;

function formatFor(language: string, timeZone: string): Intl.DateTimeFormat | undefined {
  const name = `${language} ${timeZone}`;
  if (formats.has(name)) return formats.get(name);
  if (formats.size >= mostFormats) formats.clear();
  let format: Intl.DateTimeFormat | undefined;
  try {
    format = new Intl.DateTimeFormat(language, { ...shape, timeZone });
  } catch {
    // Told by the caller's next best.
  }
  formats.set(name, format);
  return format;
}

const inZone = (at: number, language: string, timeZone: string): string | undefined =>
  formatFor(language, timeZone)?.format(at);

const english = 'en';

/**
 * When a slot begins, in the customer's language and time zone (IANA). Without a zone that is known it is told by the
 * offset that `iso` has, or in UTC, and says so. A text that is no time comes back as it is.
 */
export function localTime(iso: string, language: string, timeZone: string | undefined): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const inOwn = timeZone === undefined ? undefined : inZone(at, language, timeZone);
  if (inOwn !== undefined) return inOwn;
  if (timeZone !== undefined && language !== english) {
    const zoned = inZone(at, english, timeZone);
    if (zoned !== undefined) return zoned;
  }
  const { ms, label } = ownOffset(iso) ?? { ms: 0, label: 'UTC' };
  const text = inZone(at + ms, language, 'UTC') ?? inZone(at + ms, english, 'UTC') ?? iso;
  return `${text} ${label}`;
}

/** An amount in the customer's language; a currency nobody knows stands behind the number. */
export function localAmount(
  { value, currency }: { readonly value: number; readonly currency?: string },
  language: string,
): string {
  for (const locale of [language, english]) {
    try {
      return new Intl.NumberFormat(
        locale,
        currency === undefined ? {} : { style: 'currency', currency },
      ).format(value);
    } catch {
      // The next locale is one that every runtime has.
    }
  }
  return currency === undefined ? String(value) : `${value} ${currency}`;
}
