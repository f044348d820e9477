/** A stranger's object store in a folder, with one bucket; says in one JSON line at which port, and lives until it is ended. */
import { utimes } from 'node:fs/promises';
import S3rver from '@20minutes/s3rver';
import accounts from '@20minutes/s3rver/lib/models/account.js';

const [, , directory = '', port = '0', bucket = '', accessKeyId = '', secretAccessKey = ''] = process.argv;
accounts.DUMMY_ACCOUNT.createKeyPair(accessKeyId, secretAccessKey);
const server = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  silent: true,
  directory,
  vhostBuckets: false,
  configureBuckets: [{ name: bucket }],
});
// It forgets the slash that clients put, and sign, after a bucket's name. So of listings it checks the key's id alone.
server.middleware.unshift((context, next) => {
  if (context.path === `/${bucket}/`)
    context.app = Object.create(context.app, { allowMismatchedSignatures: { value: true } }) as S3rver;
  return next();
});
// And it does not renew an object's time that is copied onto itself, as others do.
const { store } = server;
const copy = store.copyObject.bind(store);
store.copyObject = async (fromBucket, from, toBucket, to, ...rest) => {
  const now = new Date();
  if (fromBucket === toBucket && from === to)
    await utimes(store.getResourcePath(toBucket, to, 'object'), now, now);
  return copy(fromBucket, from, toBucket, to, ...rest);
};
const address = await server.run();
process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
