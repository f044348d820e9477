import type { ChannelAdapter } from '../adapter.js';
import { webchatCapabilities } from './capabilities.js';
import { webchatConfigSchema, type WebchatConfig } from './config.js';
import { parse } from './parse.js';
import { render } from './render.js';
import { reply } from './reply.js';
import { send } from './send.js';
import { verify } from './verify.js';

/** The bridge's own web chat: a page and a widget for other sites (design section 6). */
export const webchatAdapter: ChannelAdapter<WebchatConfig> = {
  kind: 'webchat',
  configSchema: webchatConfigSchema,
  capabilities: () => webchatCapabilities,
  verify,
  parse: (request) => parse(request),
  reply,
  render: (message, config, limits) => render(message, config, limits),
  send: (operation, config, environment) => send(operation, config, environment),
};
