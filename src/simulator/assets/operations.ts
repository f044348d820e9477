/** `POST /assets`, `GET` and `DELETE /assets/{id}` (contract 11.1). */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { beyondFileLimit } from '../conversations/limits.js';
import { senderTypes } from '../conversations/schema.js';
import type { Answer, Call, Operation } from '../http/answer.js';
import { notFound, privateCodes, refuse, refuseShape } from '../refusals.js';
import { name } from '../resources/parts.js';
import type { World } from '../world.js';
import { contentTypeOf } from './content-types.js';

const manage = 'app.conversation.conversationmgr.interaction.manage';
const read = 'app.conversation.conversationmgr.interaction.read';

/** eGain's own limit for any file: 10 MiB [doc: operation/createAsset]. */
export const largestAsset = 10_485_760;

const assetSchema = z.looseObject({
  channel: z.looseObject({ type: z.string() }),
  sender: z.looseObject({ type: z.enum(senderTypes) }),
  name,
  size: z.int().min(1).max(largestAsset),
});

export function assetOperations(world: World): readonly Operation[] {
  return [
    {
      operationId: 'createAsset',
      method: 'POST',
      path: '/assets',
      scopes: [manage],
      handle: (call) => createAsset(world, call),
    },
    {
      operationId: 'getAsset',
      method: 'GET',
      path: '/assets/{id}',
      scopes: [manage, read],
      handle: (call) => getAsset(world, call),
    },
    {
      operationId: 'deleteAsset',
      method: 'DELETE',
      path: '/assets/{id}',
      scopes: [manage],
      handle: (call) => deleteAsset(world, call),
    },
  ];
}

/** 200, not 201 [doc: operation/createAsset]. */
function createAsset(world: World, { body }: Call): Answer {
  const parsed = assetSchema.safeParse(body);
  if (!parsed.success) return refuseShape(body, parsed.error);
  const { channel, sender, name: fileName, size } = parsed.data;
  const known = world.resources.channels.find(({ type }) => type === channel.type);
  if (known === undefined)
    return refuse(privateCodes.unknownReference, `No channel is of type ${channel.type}`, [
      { key: 'attribute', value: 'channel.type' },
    ]);
  const fromCustomer = sender.type === 'customer' && world.switches.current.inboundLimit === 'refuse';
  const beyond = fromCustomer ? beyondFileLimit(known, fileName, size) : undefined;
  if (beyond !== undefined) return refuse(beyond.code, `Beyond the channel's restrictions: ${beyond.why}`);
  const id = randomUUID();
  const contentType = contentTypeOf(fileName);
  world.assets.add({
    id,
    name: fileName,
    size,
    ...(contentType === undefined ? {} : { expectedType: contentType }),
    contentType: contentType ?? 'application/octet-stream',
    channelType: channel.type,
    senderType: sender.type,
    used: false,
  });
  return { status: 200, body: { id, ...world.signatures.sign('upload', id) } };
}

function getAsset(world: World, { id }: Call): Answer {
  const asset = world.assets.get(id);
  if (asset?.bytes === undefined) return notFound(`/assets/${id}`);
  const { name: fileName, size, contentType } = asset;
  const body = { id, name: fileName, size, contentType, ...world.signatures.sign('download', id) };
  return { status: 200, body };
}

function deleteAsset(world: World, { id }: Call): Answer {
  const asset = world.assets.get(id);
  if (asset === undefined) return notFound(`/assets/${id}`);
  if (asset.used) return refuse(privateCodes.assetUsed, 'The asset was used in a message');
  world.assets.remove(id);
  return { status: 204 };
}
