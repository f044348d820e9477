/** What the schemas of the API are made of. */
import * as z from 'zod';

/** The schemas that have a name of their own in the description. */
export const named = z.registry<{ readonly id: string }>();

export function name<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  named.add(schema, { id });
  return schema;
}

export const time = () => z.iso.datetime().describe('ISO 8601, by Redis’s clock.');
export const count = () => z.int().min(0);
export const milliseconds = (what: string) => z.int().min(0).describe(`${what} Milliseconds.`);

export const id = (longest = 256) => z.string().min(1).max(longest);
export const channelName = () => z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
export const laneName = () => z.string().regex(/^[\w-]{1,64}$/);
export const letterId = () => z.string().regex(/^\d{1,3}-\d{1,16}$/);
export const direction = () =>
  z.enum(['in', 'out']).describe('`in`: from the customer to eGain; `out`: to the customer.');

/** A whole number in a query. */
export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** `90s`, `5m`, `2h`, `3d` in milliseconds. */
const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export const duration = () =>
  z
    .string()
    .regex(/^\d{1,6}[smhd]$/, { error: 'a number with a unit, such as 90s, 5m, 2h or 3d' })
    .transform((text) => {
      const unit = text.slice(-1);
      return (
        Number(text.slice(0, -1)) * (unit === 's' || unit === 'm' || unit === 'h' ? units[unit] : units.d)
      );
    });
