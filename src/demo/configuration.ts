import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { formatProblems, loadConfig } from '../../config/load.js';
import type { BridgeConfig } from '../../config/schema.js';
import { adapters } from '../channels/index.js';

export const channelName = 'support';
export const channelType = 'custom.support';
export const accountAddress = 'acme-support';

/** The channel of the person at the browser. */
export const chatName = 'chat';
export const chatType = 'custom.chat';
export const chatAddress = 'acme-chat';

/** Who may use the operators' page. */
export const operatorName = 'demo';

export interface DemoSettings {
  readonly file: string;
  readonly port: number;
  readonly managementPort: number;
  readonly redisUrl: string;
  readonly apiUrl: string;
  readonly tokenUrl: string;
  readonly channelUrl: string;
  readonly clientSecret: string;
  readonly callbackPassword: string;
  readonly channelSecret: string;
  readonly chatSecret: string;
  readonly operatorPassword: string;
  /** Where the start page is, which shows the chat in a frame. */
  readonly pageOrigin: string;
  readonly logLevel: string | undefined;
}

const heading = `# Written by "egain-bridge demo", which removes it when it ends. Everything here is on this machine and made up.
`;

/** Writes the configuration as an operator would, and reads it back as `start` would. */
export async function writeConfiguration(settings: DemoSettings): Promise<BridgeConfig> {
  await writeFile(settings.file, `${heading}${stringify(document(settings))}`, { mode: 0o600 });
  // The usual variables (REDIS_URL, PORT) belong to somebody's real bridge: here only the file counts.
  const env = settings.logLevel === undefined ? {} : { LOG_LEVEL: settings.logLevel };
  const loaded = loadConfig({ file: settings.file, env, adapters });
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.config;
}

function document(settings: DemoSettings): object {
  return {
    publicUrl: `http://127.0.0.1:${settings.port}`,
    server: {
      host: '127.0.0.1',
      port: settings.port,
      managementHost: '127.0.0.1',
      managementPort: settings.managementPort,
      drainGraceMs: 3000,
    },
    management: {
      auth: {
        users: [
          {
            username: operatorName,
            passwords: [settings.operatorPassword],
            permissions: ['change', 'texts'],
          },
        ],
      },
    },
    redis: { url: settings.redisUrl },
    egain: {
      apiUrl: settings.apiUrl,
      token: { url: settings.tokenUrl, clientId: 'demo-bridge', clientSecret: settings.clientSecret },
      callback: {
        authentication: [{ type: 'basic', username: 'egain', password: settings.callbackPassword }],
      },
      // The desk shows pictures that eGain holds; a page that loaded them from elsewhere would need a weaker policy.
      switches: { attachment_ref: 'asset_id' },
    },
    logging: { level: 'warn' },
    channels: {
      [channelName]: {
        adapter: 'webhook',
        url: settings.channelUrl,
        secrets: [settings.channelSecret],
        manifest: { type: channelType, displayName: 'Support chat' },
        account: { address: accountAddress, defaultLanguage: 'pt-PT' },
      },
      [chatName]: {
        adapter: 'webchat',
        secrets: [settings.chatSecret],
        origins: [settings.pageOrigin],
        greeting: 'Hello! Write something, and answer yourself at the agent’s desk.',
        manifest: { type: chatType, displayName: 'Chat' },
        account: { address: chatAddress, defaultLanguage: 'en-US' },
      },
    },
  };
}
