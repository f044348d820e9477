import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../../../src/operations/free-port.js';
import { startSubject } from '../frame/subject.js';
import { answering, type PeerRelay } from './peer-relay.js';
import { installPeer } from './install.js';

/** 5.x needs Node 22. */
const version = '4.1.15';

/** Node-RED: HTTP in, HTTP request, HTTP response; answers when the far end has. */
export async function nodeRed(): Promise<PeerRelay> {
  const folder = await installPeer('node-red', { dependencies: { 'node-red': version } }, [
    ['install', '--no-audit', '--no-fund'],
  ]);
  return {
    name: 'node-red',
    about: `Node-RED ${version}`,
    path: '/egain/callback',
    async start(peerUrl) {
      const port = await freePort();
      await writeFile(join(folder, 'flows.json'), JSON.stringify(flow(`${peerUrl}/channel`)));
      await writeFile(join(folder, 'settings.cjs'), settings(port));
      const red = pathToFileURL(join(folder, 'node_modules/node-red/red.js'));
      const args = ['--userDir', folder, '--settings', join(folder, 'settings.cjs'), 'flows.json'];
      const subject = startSubject(red, { args, env: { HOME: folder } });
      await answering(subject, port, '/egain/callback');
      return { subject, port };
    },
  };
}

function settings(port: number): string {
  const values = {
    uiHost: '127.0.0.1',
    uiPort: port,
    disableEditor: true,
    credentialSecret: false,
    logging: { console: { level: 'warn' } },
  };
  return `module.exports = ${JSON.stringify(values)};`;
}

function flow(url: string): unknown {
  const tab = { id: 'tab', type: 'tab', label: 'relay' };
  const common = { z: 'tab', name: '', x: 0, y: 0 };
  return [
    tab,
    { ...common, id: 'in', type: 'http in', url: '/egain/callback', method: 'post', wires: [['out']] },
    {
      ...common,
      id: 'out',
      type: 'http request',
      method: 'POST',
      url,
      ret: 'txt',
      paytoqs: 'ignore',
      persist: true,
      headers: [],
      wires: [['answer']],
    },
    { ...common, id: 'answer', type: 'http response', statusCode: '', headers: {}, wires: [] },
  ];
}
