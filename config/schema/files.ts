/** Files: where they may come from, how long links live, where they are kept. */
import * as z from 'zod';
import { count, milliseconds, text } from './fields.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const hostEntry = /^(\*\.)?([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

export const filesSchema = z
  .strictObject({
    allowHosts: z
      .array(
        z.string().regex(hostEntry, {
          error: 'a host name, an address or *.domain, optionally with a port',
        }),
      )
      .max(100)
      .default([])
      .describe(
        'Hosts that files may be fetched from although their addresses are not public, such as servers on your own network. Plain http only on this machine.',
      ),
    maxBytes: count(1, 1024 * 1024 * 1024)
      .default(100 * 1024 * 1024)
      .describe(
        'Largest file passed on to a customer; the manifest may say less. eGain takes at most 10485760.',
      ),
    timeoutMs: milliseconds(second, 10 * minute)
      .default(minute)
      .describe('How long one file may take to be fetched or uploaded.'),
    idleMs: milliseconds(100, minute)
      .default(10 * second)
      .describe('How long the far end may say nothing while a file is under way.'),
    patienceMs: milliseconds(0, hour)
      .default(minute)
      .describe(
        'How long a file that cannot be reached holds up its message before the rest goes without it.',
      ),
    linkLifeMs: milliseconds(minute, 30 * day)
      .default(day)
      .describe('How long our links to files are good.'),
    ticketLifeMs: milliseconds(second, hour)
      .default(10 * minute)
      .describe('How long a ticket for an upload is good.'),
    uploadLifeMs: milliseconds(minute, 30 * day)
      .default(day)
      .describe('How long an uploaded file waits for the message it belongs to.'),
    concurrency: count(1, 1000)
      .default(32)
      .describe('Files under way at the same time, per process and direction.'),
    store: text(4096)
      .meta({ path: true })
      .optional()
      .describe(
        'Folder where files are kept between the two sides; every process of the bridge must see the same one. Without it they are streamed through, never stored.',
      ),
    keepMs: milliseconds(hour, 90 * day)
      .default(2 * day)
      .describe('A file in the store is removed when nobody has asked for it for this long.'),
  })
  .prefault({})
  .describe('Files: what is fetched from where, and how it is handed on.');
