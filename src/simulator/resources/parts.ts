/** Pieces that several resources are made of. Objects are open: what is not listed is kept, as a real hub would. */
import { z } from 'zod';

export const name = z.string().min(1).max(255);
export const description = z.string().min(1).max(1023).optional();
export const active = z.boolean().default(true);
export const objectId = z.string().length(36);
export const idRef = z.looseObject({ id: objectId });
export const attribute = z.looseObject({ name: z.string().min(1), value: z.string() });
/** Sent back on update; never stored, the hub stamps its own. */
export const modified = z.iso.datetime({ offset: true }).optional();
