import { freePort } from '../../support/free-port.js';
import { spawnBridge, type SpawnedProcess } from '../../support/spawn-process.js';

/** The demo as a user has it, on ports of its own. */
export interface Demo {
  readonly startUrl: string;
  readonly chatUrl: string;
  readonly deskUrl: string;
  /** A call of the simulator's control API, such as `PUT agents`; its answer. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
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
      control: async (method, path, body) => {
        const answer = await fetch(new URL(`/control/${path}`, deskUrl), {
          method,
          ...(body === undefined
            ? {}
            : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        return text === '' ? undefined : (JSON.parse(text) as unknown);
      },
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
