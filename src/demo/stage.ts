import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BridgeConfig } from '../../config/schema.js';
import { startBridge } from '../bridge/start.js';
import { createLogger } from '../operations/logger.js';
import { startRedisServer } from '../operations/redis-server.js';
import { startSampleChannel, type SampleChannel } from '../simulator/channel/sample-channel.js';
import { startSimulator, type ResponderInput, type Simulator } from '../simulator/index.js';
import {
  accountAddress,
  channelName,
  channelType,
  chatAddress,
  chatName,
  chatType,
  writeConfiguration,
} from './configuration.js';

/** Everything a conversation needs, running on loopback. */
export interface Stage {
  readonly redisUrl: string;
  readonly simulator: Simulator;
  readonly channel: SampleChannel;
  /** Signs what the channel application sends, `whsec_…`. */
  readonly channelSecret: string;
  readonly bridgeUrl: string;
  readonly managementUrl: string;
  /** Of the operators' page. */
  readonly operatorPassword: string;
  /** The web chat's page. */
  readonly chatUrl: string;
  readonly config: BridgeConfig;
  readonly configFile: string;
  /** Stops everything, in order, and removes what was written. */
  close(): Promise<void>;
}

export interface StageOptions {
  readonly port: number;
  readonly managementPort: number;
  /** Where the start page is going to be. */
  readonly pageOrigin: string;
  readonly bot: ResponderInput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Set when somebody wants it to end before it is complete. */
  readonly signal: AbortSignal;
}

/** @throws what went wrong, or the reason of `signal`; what had been started is stopped again by then. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { port, managementPort, signal, env } = options;
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let next = closers.pop(); next !== undefined; next = closers.pop())
      await next().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const redis = await startRedisServer({ appendonly: 'everysec', env });
    closers.push(() => redis.stop());
    signal.throwIfAborted();
    const clientSecret = randomBytes(24).toString('base64url');
    const callbackPassword = randomBytes(24).toString('base64url');
    const operatorPassword = randomBytes(12).toString('base64url');
    const chatSecret = randomBytes(48).toString('base64url');
    const channelSecret = `whsec_${randomBytes(32).toString('base64')}`;
    const bridgeUrl = `http://127.0.0.1:${port}`;
    const simulator = await startSimulator({
      clients: [
        {
          id: 'demo-bridge',
          secret: clientSecret,
          scopes: ['app.conversation.conversationmgr.interaction.manage'],
        },
      ],
      responder: options.bot,
      deskFramedBy: [options.pageOrigin],
      setup: {
        callback: {
          url: `${bridgeUrl}/egain/callback`,
          authentication: { type: 'basic', username: 'egain', password: callbackPassword },
        },
        channels: [{ type: channelType }, { type: chatType }],
        accounts: [
          { channel: channelType, address: accountAddress, bot: true },
          { channel: chatType, address: chatAddress },
        ],
      },
    });
    closers.push(() => simulator.close());
    const channel = await startSampleChannel({ secrets: [channelSecret], channel: channelName, bridgeUrl });
    closers.push(() => channel.close());
    // In Redis's own folder, which goes even when this process is killed.
    const configFile = join(redis.dir, 'bridge.yaml');
    const config = await writeConfiguration({
      file: configFile,
      port,
      managementPort,
      redisUrl: redis.url,
      apiUrl: simulator.url,
      tokenUrl: simulator.tokenUrl,
      channelUrl: channel.url,
      clientSecret,
      callbackPassword,
      channelSecret,
      chatSecret,
      operatorPassword,
      pageOrigin: options.pageOrigin,
      logLevel: env['LOG_LEVEL'],
    });
    signal.throwIfAborted();
    const log = createLogger(config.logging.level, config.instance);
    const bridge = await startBridge({ config, role: 'all', log });
    closers.push(() => bridge.close());
    signal.throwIfAborted();
    return {
      redisUrl: redis.url,
      simulator,
      channel,
      channelSecret,
      bridgeUrl,
      managementUrl: `http://127.0.0.1:${managementPort}`,
      operatorPassword,
      chatUrl: `${bridgeUrl}/chat/${chatName}`,
      config,
      configFile,
      close,
    };
  } catch (error) {
    // Why it could not start says more than what then went wrong in clearing up.
    await close().catch(() => undefined);
    throw error;
  }
}
