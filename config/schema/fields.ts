/**
 * The kinds of value a setting can have. A kind carries its own check and its own words, so that every setting of the
 * kind is refused in the same sentence and shown the same way in the reference.
 *
 * Marks kept in a field's `.meta()`, which an adapter's own schema may use too:
 * - `secret`: the value is never shown, is at least 16 characters long, and may be given as `<name>File` instead.
 * - `file`: not secret, but may be given as `<name>File` as well (certificates).
 * - `path`: the value is a path; a relative one is relative to the configuration file.
 */
import * as z from 'zod';

/** I9: anything shorter can be guessed. */
export const shortestSecret = 16;

/** One secret. `shortest` in characters. */
export function secret(shortest = shortestSecret): z.ZodString {
  return z.string().min(shortest).meta({ secret: true });
}

/** Several secrets of which any is accepted, so that one can be replaced while the other still works. */
export function secretList(): z.ZodArray<z.ZodString> {
  return z.array(secret()).min(1).max(10);
}

/** A whole number of milliseconds. */
export function milliseconds(least: number, most: number): z.ZodInt {
  return z.int().min(least).max(most);
}

/** A whole number within bounds. */
export function count(least: number, most: number): z.ZodInt {
  return z.int().min(least).max(most);
}

/** A short free text, as eGain limits its names. */
export function text(longest = 255): z.ZodString {
  return z.string().min(1).max(longest);
}

/** The words for what `webAddress` accepts. */
export const webAddressExpected =
  'an https:// address (http:// only for localhost, 127.0.0.1 and other loopback addresses)';

/** An address that credentials or customers' words travel to: https, unless it never leaves the machine. */
export function webAddress(): z.ZodURL {
  return z.url({ error: webAddressExpected }).refine(isHttpsOrLoopback, { error: webAddressExpected });
}

/** As `webAddress`, kept without the slash at its end because paths are appended to it. */
export function baseAddress(): z.ZodURL {
  return webAddress().overwrite((address) => address.replace(/(?<!\/)\/+$/, ''));
}

/** For a rule over several settings: it speaks up even while single settings are wrong, so it must not rely on them. */
export const evenIfIncomplete = {
  when: ({ value }: { readonly value: unknown }): boolean => isRecord(value),
};

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isHttpsOrLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}
