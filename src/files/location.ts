import * as z from 'zod';

/**
 * Where a file's bytes are. `url`: behind somebody's address, `from` whom it was told; eGain's may have expired and is
 * asked for again by `assetId`. `asset`: at eGain. `stored`: in the shared folder.
 */
const location = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('url'),
    url: z.string(),
    from: z.enum(['egain', 'channel']),
    assetId: z.string().optional(),
  }),
  z.object({ kind: z.literal('asset'), assetId: z.string() }),
  z.object({ kind: z.literal('stored'), id: z.string() }),
]);
export type FileLocation = z.infer<typeof location>;

const file = {
  name: z.string(),
  contentType: z.string(),
  /** Bytes, where they were counted or announced. */
  size: z.number().optional(),
  at: location,
};

/** What a link of ours leads to. */
export const linkSchema = z.object({ kind: z.literal('link'), ...file, mostBytes: z.number() });
export type FileLink = z.infer<typeof linkSchema>;

/** A file that came with an upload and waits for the message it belongs to. Without a customer: any of the channel. */
export const uploadSchema = z.object({
  kind: z.literal('upload'),
  ...file,
  assetType: z.string(),
  channel: z.string(),
  customerId: z.string().optional(),
});
export type UploadedFile = z.infer<typeof uploadSchema>;

/** Leave to upload one file. */
export const ticketSchema = z.object({
  kind: z.literal('ticket'),
  channel: z.string(),
  customerId: z.string().optional(),
  name: z.string(),
  size: z.number(),
});
export type UploadTicket = z.infer<typeof ticketSchema>;
