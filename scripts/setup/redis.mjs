import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { howToBecomeRoot } from './root.mjs';
import { SetupError, run } from './run.mjs';

const hint =
  'Install it (Debian or Ubuntu: apt-get install redis-server; macOS: brew install redis), name a binary in EGAIN_BRIDGE_REDIS_SERVER, or point REDIS_URL at a Redis that runs.';

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} ownRedis true when a server will be started here, so that one elsewhere is of no use
 */
export async function redisIsThere(env, ownRedis) {
  if (!ownRedis && env.REDIS_URL && (await answers(env.REDIS_URL))) return true;
  return (await finder())(env) !== undefined;
}

/** Debian's package, where we may install one; its own service is neither started nor enabled, only the binary is wanted. */
export async function installRedis(env) {
  if (env.EGAIN_BRIDGE_REDIS_SERVER) {
    throw new SetupError(
      `EGAIN_BRIDGE_REDIS_SERVER names ${env.EGAIN_BRIDGE_REDIS_SERVER}, which cannot be run: correct or remove it.`,
    );
  }
  const root = await howToBecomeRoot();
  if (!existsSync('/usr/bin/apt-get') || root === undefined)
    throw new SetupError(`No Redis server was found. ${hint}`);
  const [command, ...args] = [...root, '/bin/sh', '-c', installation];
  const { ok, output } = await run(command, args);
  if (!ok || (await finder())(env) === undefined) {
    throw new SetupError(`The package redis-server could not be installed. ${hint}\n${output}`);
  }
}

/**
 * A policy-rc.d that answers 101 keeps Debian's packages from starting what they install, under systemd and without it.
 * An existing one is respected: containers have it, and an administrator's word stands. `update` may fail on one
 * broken source while the package itself can be had.
 */
const installation = `
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' >"$policy" && chmod 755 "$policy"
  trap 'rm -f "$policy"; systemctl disable --quiet redis-server >/dev/null 2>&1 || true' EXIT
fi
apt-get update -qq || true
apt-get install -y -qq --no-install-recommends redis-server
`;

/** The product's own search, which is built by now. */
async function finder() {
  const { findRedisServer } = await import('../../dist/src/operations/find-redis-server.js');
  return findRedisServer;
}

/** Whether something there speaks Redis; being asked for a password is an answer too. */
function answers(url) {
  return new Promise((resolve) => {
    if (!URL.canParse(url)) return resolve(false);
    const { protocol, hostname, port } = new URL(url);
    const options = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 6379),
      rejectUnauthorized: false,
    };
    const socket = protocol === 'rediss:' ? connectTls(options) : connect(options);
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on(protocol === 'rediss:' ? 'secureConnect' : 'connect', () => socket.write('PING\r\n'));
    socket.on('data', (chunk) => finish(/^(\+PONG|-NOAUTH|-LOADING)/.test(chunk.toString('latin1'))));
  });
}
