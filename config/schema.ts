/** The one schema: validation, the reference, editor completion and the type every room reads are all made from it. */
import { hostname } from 'node:os';
import * as z from 'zod';
import { channelsSchema, type AdapterSettings } from './schema/channels.js';
import { deliverySchema, noticesSchema, retentionSchema } from './schema/delivery.js';
import { egainSchema } from './schema/egain.js';
import { egressSchema } from './schema/egress.js';
import { baseAddress } from './schema/fields.js';
import { filesSchema } from './schema/files.js';
import { managementSchema } from './schema/management.js';
import { provisioningSchema } from './schema/provisioning.js';
import { redisSchema } from './schema/redis.js';
import { loggingSchema, serverSchema } from './schema/server.js';

export type { AdapterSettings, ChannelConfig } from './schema/channels.js';

/** Everything the bridge is told, complete: defaults filled, secrets read, paths absolute. */
export type BridgeConfig = z.infer<ReturnType<typeof bridgeSchema>>;

/** `adapters` are the channel kinds that may be named in `channels`. */
export function bridgeSchema(adapters: readonly AdapterSettings[]) {
  return z
    .strictObject({
      publicUrl: baseAddress()
        .optional()
        .describe(
          'Address of the public port as the internet sees it; the only source of the bridge’s own links. Default: `http://127.0.0.1:<server.port>`.',
        ),
      instance: z
        .string()
        .regex(/^[\w.:-]{1,128}$/, {
          error: 'up to 128 letters, digits, dots, colons, dashes and underscores',
        })
        .optional()
        .describe(
          'Name of this process, the same after a restart and unique among those that run. Default: `<host name>:<server.managementPort>`.',
        ),
      server: serverSchema,
      management: managementSchema,
      redis: redisSchema,
      egain: egainSchema,
      egress: egressSchema,
      delivery: deliverySchema,
      retention: retentionSchema,
      files: filesSchema,
      notices: noticesSchema,
      logging: loggingSchema,
      channels: channelsSchema(adapters),
      provisioning: provisioningSchema.optional(),
    })
    .transform((given) => ({
      ...given,
      publicUrl: given.publicUrl ?? `http://127.0.0.1:${given.server.port}`,
      instance: given.instance ?? `${hostname()}:${given.server.managementPort}`,
    }));
}
