import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { spawnProcess, type SpawnedProcess } from './spawn-process.js';

/** A bucket of a stranger's implementation of S3, in a process of its own; it checks every signature. */
export interface ObjectStore {
  /** As they stand under `files.store`. */
  readonly settings: {
    readonly endpoint: string;
    readonly bucket: string;
    readonly pathStyle: true;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  /** Names of the objects in the bucket. */
  objects(): Promise<string[]>;
  /** Makes an object look as if it was written so long ago. */
  age(name: string, ms: number): Promise<void>;
  /** Takes it away as a crash would; `resume` brings it back as it was. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export async function startObjectStore(): Promise<ObjectStore> {
  const directory = await mkdtemp(join(tmpdir(), 'object-store-'));
  const port = await freePort();
  const bucket = 'files-of-the-tests';
  const accessKeyId = 'KEY-OF-THE-TESTS';
  const secretAccessKey = randomBytes(20).toString('hex');
  const start = async (): Promise<SpawnedProcess> => {
    const args = [directory, String(port), bucket, accessKeyId, secretAccessKey];
    const child = spawnProcess(['dist/test/programs/s3-server.js', ...args]);
    await child.line(/"port"/);
    return child;
  };
  let child = await start();
  return {
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      bucket,
      pathStyle: true,
      accessKeyId,
      secretAccessKey,
    },
    objects: async () => {
      const folder = join(directory, bucket);
      const found = await readdir(folder, { recursive: true });
      return found
        .filter((name) => name.endsWith('._S3rver_object'))
        .map((name) => name.slice(0, -'._S3rver_object'.length));
    },
    age: async (name, ms) => {
      const then = new Date(Date.now() - ms);
      for (const part of ['object', 'metadata.json'])
        await utimes(join(directory, bucket, `${name}._S3rver_${part}`), then, then);
    },
    halt: async () => {
      child.signal('SIGKILL');
      await child.exited;
    },
    resume: async () => {
      child = await start();
    },
    stop: async () => {
      await child.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
