import type { ChannelAdapter } from '../adapter.js';
import { capabilitiesOf } from './capabilities.js';
import { webhookConfigSchema, type WebhookConfig } from './config.js';
import { parse } from './parse.js';
import { render } from './render.js';
import { reply } from './reply.js';
import { send } from './send.js';
import { verify } from './verify.js';

/** The generic webhook channel: for any system that can POST and be posted to (design section 6.1). */
export const webhookAdapter: ChannelAdapter<WebhookConfig> = {
  kind: 'webhook',
  configSchema: webhookConfigSchema,
  capabilities: capabilitiesOf,
  farEnd: ({ url }) => url,
  verify,
  parse,
  reply,
  render: (message, settings, limits) => render(message, limits, settings),
  send,
};
