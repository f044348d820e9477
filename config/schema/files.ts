/** Files: where they may come from, how long links live, where they are kept. */
import * as z from 'zod';
import { baseAddress, count, evenIfIncomplete, milliseconds, secret, text } from './fields.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const hostEntry = /^(\*\.)?([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

const bucket = z
  .strictObject({
    bucket: text().describe('Name of the bucket. It must exist.'),
    region: text(64).default('us-east-1').describe('Region; most stores of your own take any.'),
    endpoint: baseAddress()
      .optional()
      .describe(
        'Address of a store that is not AWS’s, such as MinIO, Ceph or R2. Default: AWS’s in the region.',
      ),
    pathStyle: z
      .boolean()
      .default(false)
      .describe(
        'Whether the bucket’s name stands in the path, not in the host name; most stores of your own need it.',
      ),
    prefix: z
      .string()
      .regex(/^([\w.-]+\/)*[\w.-]*$/, {
        error: 'letters, digits, dots, dashes, underscores and single slashes',
      })
      .max(200)
      .default('egain-bridge/')
      .describe('Start of every object’s name: separates installations that share one bucket.'),
    accessKeyId: text()
      .optional()
      .describe(
        'Id of the access key. Default: what AWS’s own tools would find (environment, web identity, the machine’s role).',
      ),
    secretAccessKey: secret().optional().describe('The access key’s secret.'),
    ca: z
      .string()
      .min(1)
      .meta({ file: true })
      .optional()
      .describe('Certificate authority of the endpoint, PEM.'),
  })
  .refine((store) => (store.accessKeyId === undefined) === (store.secretAccessKey === undefined), {
    error: 'both accessKeyId and secretAccessKey, or neither',
    path: ['secretAccessKey'],
    ...evenIfIncomplete,
  })
  .describe('A bucket of an object store that speaks S3’s protocol.');

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
    store: z
      .union([text(4096).meta({ path: true }), bucket])
      .optional()
      .describe(
        'Where files are kept between the two sides: a folder that every process of the bridge sees, or a bucket. Without it they are streamed through, never stored.',
      ),
    keepMs: milliseconds(hour, 90 * day)
      .default(2 * day)
      .describe('A file in the store is removed when nobody has asked for it for this long.'),
  })
  .prefault({})
  .describe('Files: what is fetched from where, and how it is handed on.');
