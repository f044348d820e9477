import type { BridgeConfig } from '../../config/schema.js';
import { configuredChannels } from '../bridge/channels.js';
import { configuredEgain } from '../bridge/egain-client.js';
import { egressOf } from '../egress/egress.js';
import { checkCallback } from './callback.js';
import { checkChannels } from './channels.js';
import { checkClock } from './clock.js';
import { checkFiles } from './files.js';
import { checkEgain, egainNotAsked } from './egain.js';
import { failure, ok, wordsOf, type Finding } from './finding.js';
import { checkProvisioning } from './provisioning.js';
import { reach } from './reach.js';
import { checkRedis } from './redis.js';

/** How long one far end may take: an operator waits in front of the terminal. */
const patienceMs = 5000;

/**
 * Every check there is, in the order of dependence; changes nothing anywhere (but for a small file that comes and goes in
 * `files.store`) and sends no message. The token is asked for
 * anew, not taken from Redis: a good one there would hide that the secret has been changed.
 */
export async function examine(config: BridgeConfig): Promise<readonly Finding[]> {
  const { egain } = config;
  const timeoutMs = Math.min(patienceMs, egain.requestTimeoutMs);
  const dispatcher = egressOf(config.egress).pool(undefined, timeoutMs, egain.tls);
  const { client, token } = configuredEgain(egain, { dispatcher, timeoutMs });
  try {
    const { findings: redis, timeMs } = await checkRedis(config);
    const egainTimeMs = await reach(egain.apiUrl, { method: 'HEAD', dispatcher, timeoutMs }).then(
      (reached) => reached.timeMs,
      () => undefined,
    );
    const clock = checkClock(Date.now(), { Redis: timeMs, eGain: egainTimeMs });
    const granted = await token.get().then(
      () => ok('token', 'the token endpoint issues one'),
      (error: unknown) =>
        failure('token', wordsOf(error), 'correct egain.token: url, clientId, clientSecret and scope'),
    );
    const has = granted.level === 'ok';
    return [
      ok('configuration', 'complete'),
      ...redis,
      clock,
      await checkFiles(config.files, patienceMs),
      granted,
      ...(has ? await checkEgain(client, egain.apiUrl) : egainNotAsked()),
      await checkProvisioning(config, has ? client : undefined, AbortSignal.timeout(4 * timeoutMs)),
      await checkCallback(config, dispatcher, timeoutMs),
      ...(await checkChannels(configuredChannels(config), dispatcher, timeoutMs)),
    ];
  } finally {
    token.close();
    await dispatcher.destroy();
  }
}
