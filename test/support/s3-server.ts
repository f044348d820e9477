import { rm, utimes } from 'node:fs/promises';
import S3rver from '@20minutes/s3rver';
import accounts from '@20minutes/s3rver/lib/models/account.js';

/** A stranger's object store with one bucket in a folder; it checks every signature. @returns its port. */
export async function startS3Server(options: {
  readonly directory: string;
  readonly port: number;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { directory, port, bucket, accessKeyId, secretAccessKey } = options;
  accounts.DUMMY_ACCOUNT.createKeyPair(accessKeyId, secretAccessKey);
  const server = new S3rver({
    address: '127.0.0.1',
    port,
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
  // And it does not renew the time of an object that is copied onto itself, as others do.
  const { store } = server;
  const copy = store.copyObject.bind(store);
  store.copyObject = async (fromBucket, from, toBucket, to, ...rest) => {
    const now = new Date();
    if (fromBucket === toBucket && from === to)
      await utimes(store.getResourcePath(toBucket, to, 'object'), now, now);
    return copy(fromBucket, from, toBucket, to, ...rest);
  };
  // It keeps what came of an upload that broke off, even when the object was removed meanwhile.
  const put = store.putObject.bind(store);
  store.putObject = async (object) => {
    try {
      return await put(object);
    } catch (error) {
      await rm(store.getResourcePath(object.bucket, object.key, 'object'), { force: true });
      throw error;
    }
  };
  // And with an object it removes a folder that is empty by then, and whatever another request just put into it.
  store.deleteObject = async (of, key) => {
    const parts = ['object', 'object.md5', 'metadata.json'] as const;
    await Promise.all(parts.map((part) => rm(store.getResourcePath(of, key, part), { force: true })));
  };
  const address = await server.run();
  return {
    port: address.port,
    close: async () => {
      server.httpServer.closeAllConnections();
      await server.close();
    },
  };
}
