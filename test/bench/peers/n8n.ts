import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../../src/operations/free-port.js';
import { startSubject } from '../frame/subject.js';
import { installPeer } from './install.js';
import { answering, type PeerRelay } from './peer-relay.js';

/** The last 1.x; 2.x needs a newer Node than the one this project starts at. */
const version = '1.123.81';

/** n8n: webhook, HTTP request, answer when the far end has; finished executions are not stored. */
export async function n8n(): Promise<PeerRelay> {
  const folder = await installPeer(
    'n8n',
    // Its own xlsx comes from an address outside the registry.
    { dependencies: { n8n: version }, overrides: { xlsx: '0.18.5' } },
    [
      ['install', '--ignore-scripts', '--no-audit', '--no-fund'],
      ['rebuild', 'sqlite3'],
    ],
  );
  const home = join(folder, 'home');
  const program = join(folder, 'node_modules/n8n/bin/n8n');
  return {
    name: 'n8n',
    about: `n8n ${version}`,
    path: '/webhook/callback',
    async start(peerUrl) {
      const port = await freePort();
      const env = environment(home, port);
      await rm(home, { recursive: true, force: true });
      await mkdir(home, { recursive: true });
      const file = join(home, 'workflow.json');
      await writeFile(file, JSON.stringify(workflow(`${peerUrl}/channel`)));
      for (const args of [
        ['import:workflow', `--input=${file}`],
        ['update:workflow', '--id=bench', '--active=true'],
      ]) {
        await promisify(execFile)(process.execPath, [program, ...args], { env });
      }
      const subject = startSubject(pathToFileURL(program), { args: ['start'], env });
      await answering(subject, port, '/webhook/callback');
      return { subject, port };
    },
  };
}

function environment(home: string, port: number): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    N8N_USER_FOLDER: home,
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_PORT: String(port),
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_DISABLE_UI: 'true',
    N8N_RUNNERS_ENABLED: 'false',
    N8N_EXPRESSION_ENGINE: 'legacy',
    EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none',
    NODE_ENV: 'production',
  };
}

function workflow(url: string): unknown {
  return {
    id: 'bench',
    name: 'relay',
    active: false,
    settings: {},
    nodes: [
      {
        id: 'in',
        name: 'in',
        type: 'n8n-nodes-base.webhook',
        typeVersion: 2,
        position: [0, 0],
        webhookId: 'callback',
        parameters: { httpMethod: 'POST', path: 'callback', responseMode: 'lastNode', options: {} },
      },
      {
        id: 'out',
        name: 'out',
        type: 'n8n-nodes-base.httpRequest',
        typeVersion: 4.2,
        position: [200, 0],
        parameters: {
          method: 'POST',
          url,
          sendBody: true,
          specifyBody: 'json',
          jsonBody: '={{ JSON.stringify($json.body) }}',
          options: {},
        },
      },
    ],
    connections: { in: { main: [[{ node: 'out', type: 'main', index: 0 }]] } },
  };
}
