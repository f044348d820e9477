import { freePort } from '../../support/free-port.js';
import { spawnBridge, type SpawnedProcess } from '../../support/spawn-process.js';

/** The demo as a user has it, on ports of its own. */
export interface Demo {
  readonly startUrl: string;
  readonly chatUrl: string;
  readonly deskUrl: string;
  /** Base of the simulator's control API. */
  readonly controlUrl: string;
  stop(): Promise<void>;
}

/** Resolves when the scripted conversation is over and everything waits for people. */
export async function startDemo(): Promise<Demo> {
  const options = ['--port', '--management-port', '--page-port'];
  const ports: string[] = [];
  for (const option of options) ports.push(option, String(await freePort()));
  const child = spawnBridge(['demo', ...ports]);
  try {
    await child.line(/Ctrl-C ends the demo/, 60_000);
    const deskUrl = address(child, 'desk');
    return {
      startUrl: address(child, 'start'),
      chatUrl: address(child, 'chat'),
      deskUrl,
      controlUrl: new URL('/control', deskUrl).href,
      stop: async () => {
        await child.stop();
      },
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function address(child: SpawnedProcess, name: string): string {
  const found = new RegExp(`^ +${name} +(http://\\S+)`, 'm').exec(child.stdout())?.[1];
  if (found === undefined) throw new Error(`The demo names no ${name}:\n${child.stdout()}`);
  return found;
}
