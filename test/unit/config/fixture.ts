/** A channel kind of the webhook's shape, and the smallest configuration that is complete. */
import * as z from 'zod';
import { loadConfig, type Loaded } from '../../../config/load.js';
import type { AdapterSettings } from '../../../config/schema.js';
import { secretList, webAddress } from '../../../config/schema/fields.js';

export const webhook = {
  kind: 'webhook',
  configSchema: z
    .object({
      url: webAddress().describe('Where messages go.'),
      secrets: secretList().describe('Shared secrets.'),
      toleranceSeconds: z.int().min(1).max(3600).default(300).describe('Clock difference.'),
    })
    .refine(({ url, secrets }) => !secrets.includes(url), {
      error: 'a secret that is not the url',
      path: ['secrets'],
    }),
};

/** An adapter whose schema forgot to mark its secret. */
export const pager = {
  kind: 'pager',
  configSchema: z.object({ botToken: z.string(), number: z.string().regex(/^\d+$/).optional() }),
};

export const minimal = `
egain:
  token:
    url: https://login.example.com/token
    clientId: bridge
    clientSecret: 0123456789abcdef
  callback:
    authentication: [ { type: basic, username: egain, password: 0123456789abcdef-callback } ]
channels:
  support:
    adapter: webhook
    url: https://chat.example.com/bridge
    secrets: [ whsec_MDEyMzQ1Njc4OWFiY2RlZg== ]
    manifest: { type: custom.support, displayName: Support chat }
    account: { address: acme-support }
`;

/** Loads `files['/etc/bridge/bridge.yaml']`; the other entries are files it may name. */
export function load(
  text: string,
  {
    env = {},
    files = {},
    adapters = [webhook, pager],
  }: {
    env?: Record<string, string>;
    files?: Record<string, string>;
    adapters?: readonly AdapterSettings[];
  } = {},
): Loaded {
  const all = new Map(Object.entries({ '/etc/bridge/bridge.yaml': text, ...files }));
  const readFile = (path: string): string => {
    const content = all.get(path);
    if (content === undefined) throw Object.assign(new Error(`no file at ${path}`), { code: 'ENOENT' });
    return content;
  };
  return loadConfig({ file: '/etc/bridge/bridge.yaml', env, readFile, adapters });
}

/** The problems as `path: expected [origin] hint`, with the file's name shortened. */
export function problemsOf(loaded: Loaded): string[] {
  if (loaded.ok) return [];
  return loaded.problems.map(({ path, expected, origin, hint }) => {
    const where = origin.replace('/etc/bridge/', '');
    return `${path}: ${expected} [${where}]${hint === undefined ? '' : ` ${hint}`}`;
  });
}

export function configOf(loaded: Loaded): Extract<Loaded, { ok: true }>['config'] {
  if (!loaded.ok) throw new Error(problemsOf(loaded).join('\n'));
  return loaded.config;
}
