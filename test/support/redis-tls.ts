import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisServerOptions } from '../../src/operations/redis-server.js';
import { certificateAuthority, type Authority } from './certificates.js';
import { freePort } from './free-port.js';

/** What a Redis of a test needs to speak TLS beside its plain port, which stays for the test itself. */
export interface RedisTls {
  readonly authority: Authority;
  readonly port: number;
  /** Certificates as files, and what else belongs to them. */
  readonly dir: string;
  /** Redis's own settings, for `startTestRedis({ extra })`. */
  readonly extra: NonNullable<RedisServerOptions['extra']>;
  remove(): Promise<void>;
}

/** @param clients `required`: nobody comes in without a certificate of the same authority. */
export async function redisTls(clients: 'required' | 'not-asked' = 'not-asked'): Promise<RedisTls> {
  const authority = certificateAuthority('Authority of the tests');
  const server = authority.issue('redis', ['127.0.0.1', 'redis.internal']);
  const dir = await mkdtemp(join(tmpdir(), 'egain-bridge-tls-'));
  const files = { ca: join(dir, 'ca.pem'), cert: join(dir, 'redis.pem'), key: join(dir, 'redis.key') };
  await writeFile(files.ca, authority.ca);
  await writeFile(files.cert, server.cert);
  await writeFile(files.key, server.key);
  const port = await freePort();
  return {
    authority,
    port,
    dir,
    extra: {
      'tls-port': String(port),
      'tls-ca-cert-file': files.ca,
      'tls-cert-file': files.cert,
      'tls-key-file': files.key,
      'tls-auth-clients': clients === 'required' ? 'yes' : 'no',
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
