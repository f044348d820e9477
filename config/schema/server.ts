/** Where the bridge listens, how much it takes in, and who it is. */
import * as z from 'zod';
import { count, milliseconds, text } from './fields.js';

export const serverSchema = z
  .strictObject({
    host: text().default('0.0.0.0').describe('Address the public port listens on.'),
    port: count(0, 65_535)
      .default(8080)
      .describe('Public port: eGain’s callback and the channels’ webhooks. 0 takes any free port.'),
    managementHost: text().default('0.0.0.0').describe('Address the management port listens on.'),
    managementPort: count(0, 65_535)
      .default(9090)
      .describe('Port for health, metrics and the operators’ pages. Never open it to the internet.'),
    trustProxy: count(0, 10)
      .default(0)
      .describe(
        'How many proxies in front of the bridge are believed about the caller’s address. 0 believes none.',
      ),
    maxBodyBytes: count(1024, 64 * 1024 * 1024)
      .default(1024 * 1024)
      .describe(
        'Largest body taken from eGain’s callback or a channel’s webhook; beyond it the answer is 413.',
      ),
    direct: z
      .boolean()
      .default(true)
      .describe(
        'Answer eGain’s callback and the channels’ webhooks ahead of Express, by the same code: several times faster.',
      ),
    maxInFlight: count(1, 100_000)
      .default(1000)
      .describe(
        'Requests worked on at the same time at most; fewer as long as they take over a quarter of a second each. Beyond it the answer is 503 at once instead of late.',
      ),
    acceptTimeoutMs: milliseconds(50, 5000)
      .default(1000)
      .describe('How long Redis may take to confirm a message before the caller is answered 503.'),
    leaveNoticeMs: milliseconds(0, 120_000)
      .default(0)
      .describe(
        'After SIGTERM: for how long requests are still taken while /readyz already says no, so that a load balancer hears of it first; drainGraceMs begins after it. 0 where the orchestrator waits by itself, as the chart does.',
      ),
    reloadMs: milliseconds(0, 3_600_000)
      .default(5000)
      .describe(
        'How often the configuration and the files it names are looked at for changes; 0: only after SIGHUP. What has changed is taken over after the second look.',
      ),
    drainGraceMs: milliseconds(0, 600_000)
      .default(25_000)
      .describe('After SIGTERM: time to finish what is in hand. Keep it below the orchestrator’s own limit.'),
  })
  .refine(haveRoomForBoth, {
    error: 'a port other than server.port',
    path: ['managementPort'],
  })
  .prefault({})
  .describe('HTTP: where the bridge listens and how much it takes in.');

interface Ports {
  readonly host: string;
  readonly port: number;
  readonly managementHost: string;
  readonly managementPort: number;
}

function haveRoomForBoth({ host, port, managementHost, managementPort }: Ports): boolean {
  return port === 0 || port !== managementPort || host !== managementHost;
}

export const loggingSchema = z
  .strictObject({
    level: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .describe('Least serious line that is written. Message texts and secrets are in none of them.'),
    requests: z
      .boolean()
      .default(true)
      .describe(
        'A line (info) for every message taken in, beside the one for every delivery; both have the same ids.',
      ),
  })
  .prefault({})
  .describe('Logging: JSON lines on standard output.');
