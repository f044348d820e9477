/** The storage host behind signed URLs: upload and download of bytes. */
import { createHash } from 'node:crypto';
import type { Answer } from '../http/answer.js';
import { notFound, privateCodes, refuse } from '../refusals.js';
import type { World } from '../world.js';
import { firstPart } from './multipart.js';
import type { Asset } from './store.js';

export interface StorageRequest {
  readonly method: string;
  readonly use: 'upload' | 'download';
  readonly signature: string;
  readonly contentType: string | undefined;
  readonly raw: Buffer;
}

export function answerStorage(world: World, request: StorageRequest): Answer {
  const id = world.signatures.verify(request.signature, request.method);
  if (id === undefined)
    return refuse(privateCodes.badSignature, 'The signature is wrong, for another use, or expired');
  const asset = world.assets.get(id);
  if (asset === undefined) return notFound('the file');
  return request.use === 'upload' ? upload(world, asset, request) : download(asset);
}

/** The bytes must be of the announced size and type [doc: createasset.md]. */
function upload(world: World, asset: Asset, request: StorageRequest): Answer {
  const file = content(world, request);
  if (file === undefined) return refuse(privateCodes.uploadType, 'The body is not multipart with one file');
  const type = (file.contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (asset.expectedType !== undefined && type !== asset.expectedType)
    return refuse(privateCodes.uploadType, `Content-Type must be ${asset.expectedType}, not ${type}`);
  if (file.bytes.length !== asset.size)
    return refuse(privateCodes.uploadSize, `${asset.size} bytes were announced, ${file.bytes.length} came`);
  if (asset.used) return refuse(privateCodes.assetUsed, 'The asset was used in a message');
  world.assets.store(asset, file.bytes, type === '' ? asset.contentType : type);
  const sha256 = createHash('sha256').update(file.bytes).digest('hex');
  const { name, size } = asset;
  world.records.add({ kind: 'file', origin: 'upload', name, url: `assets/${asset.id}`, size, sha256 });
  return { status: 200, bytes: Buffer.alloc(0) };
}

interface Content {
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

function content(world: World, { contentType, raw }: StorageRequest): Content | undefined {
  const { uploadMode } = world.switches.current;
  const isMultipart = /^multipart\/form-data\b/i.test(contentType ?? '');
  if (uploadMode === 'post-multipart' || (uploadMode === 'any' && isMultipart))
    return firstPart(contentType, raw);
  return { contentType, bytes: raw };
}

function download({ bytes, contentType, name }: Asset): Answer {
  if (bytes === undefined) return notFound('the file');
  const plain = name.replace(/[^\w.-]/g, '_');
  const headers = { 'content-type': contentType, 'content-disposition': `attachment; filename="${plain}"` };
  return { status: 200, headers, bytes };
}
