import * as z from 'zod';

/**
 * Pieces of the request and record schemas. Requests are held to the documented limits before they leave, each limit in
 * words; records are read as they come, with `null` for absent. Both keep fields nobody told us about.
 */
export const text = (min: number, max: number) => {
  const error = `a text of ${min} to ${max} characters`;
  return z.string({ error }).min(min, { error }).max(max, { error });
};
export const anyText = z.string({ error: 'a text' });
export const flag = z.boolean({ error: 'true or false' });
export const wholeFrom = (min: number) => {
  const error = `a whole number from ${min}`;
  return z.int({ error }).min(min, { error });
};
export const amount = z.number({ error: 'a number from 0' }).min(0, { error: 'a number from 0' });
export const address = z.url({ error: 'a URL', protocol: /^https?$/ });
export const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z.enum(words, { error: `one of ${words.join(', ')}` });
export const listOf = <Item extends z.ZodType>(item: Item, min: number, max: number) => {
  const error = `a list of ${min} to ${max} entries`;
  return z.array(item, { error }).min(min, { error }).max(max, { error });
};
/** An object that may hold more than is known. */
export const open = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape, { error: 'an object' });

const objectId = z
  .string({ error: 'an id of 36 characters' })
  .length(36, { error: 'an id of 36 characters' });
/** Reference to another object. */
export const reference = open({ id: objectId });
export const nameValue = open({ name: text(1, 255), value: anyText });

/** Begins every object but the channel [doc: operation/create*]. */
export const common = {
  name: text(1, 255),
  description: text(1, 1023).optional(),
  active: flag.optional(),
  /** Date-time of the last change known to the caller; on update only [seed], [doc: operation/update*]. */
  modified: anyText.optional(),
};

const gone = <Value>(value: Value | null | undefined): Value | undefined => value ?? undefined;
export const seenText = z.string().nullish().transform(gone);
export const seenFlag = z.boolean().nullish().transform(gone);
export const seenNumber = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish()
  .transform(gone);
export const seenList = <Item extends z.ZodType>(item: Item) => z.array(item).nullish().transform(gone);
export const seenObject = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape).nullish().transform(gone);
export const seenReference = seenObject({ id: seenText });
export const seenNameValue = z.looseObject({ name: seenText, value: seenText });

/** What every record has; `created` and `modified` as eGain writes them. */
export const stamp = { id: z.string().min(1), created: seenText, modified: seenText };
export const seenCommon = { ...stamp, name: seenText, description: seenText, active: seenFlag };
