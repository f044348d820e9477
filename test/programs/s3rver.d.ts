/** As much of the S3 server as the tests use; the fork brings no types of its own. */
declare module '@20minutes/s3rver' {
  import type { Server } from 'node:http';
  import type { AddressInfo } from 'node:net';

  interface Context {
    readonly path: string;
    app: S3rver;
  }

  export default class S3rver {
    /** Koa's. */
    readonly middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
    constructor(options: {
      readonly address: string;
      readonly port: number;
      readonly silent: boolean;
      readonly directory: string;
      readonly vhostBuckets: boolean;
      readonly configureBuckets: readonly { readonly name: string }[];
    });
    readonly store: {
      getResourcePath(bucket: string, key: string, part: 'object' | 'object.md5' | 'metadata.json'): string;
      deleteObject: (bucket: string, key: string) => Promise<void>;
      putObject(object: { readonly bucket: string; readonly key: string }): Promise<unknown>;
      copyObject(
        fromBucket: string,
        from: string,
        toBucket: string,
        to: string,
        ...rest: unknown[]
      ): Promise<unknown>;
    };
    readonly httpServer: Server;
    run(): Promise<AddressInfo>;
    close(): Promise<void>;
  }
}

declare module '@20minutes/s3rver/lib/models/account.js' {
  const account: {
    readonly DUMMY_ACCOUNT: { createKeyPair(accessKeyId: string, secretAccessKey: string): void };
  };
  export default account;
}
