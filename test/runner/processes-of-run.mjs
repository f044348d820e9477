import { readFile, readdir } from 'node:fs/promises';

/**
 * The processes that carry this run's mark in their environment: jest's own and their ancestors left out. Orphans are
 * found too. Needs /proc; elsewhere the answer is an empty list.
 * @param {string} mark
 * @returns {Promise<{ pid: number, command: string }[]>}
 */
export async function processesOfRun(mark) {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const ours = await ancestors(process.pid);
  const found = await Promise.all(
    pids
      .filter((pid) => !ours.has(pid))
      .map(async (pid) => ({
        pid,
        environment: await read(pid, 'environ'),
        command: await read(pid, 'cmdline'),
      })),
  );
  return found
    .filter(({ environment }) => environment.split('\0').includes(`EGAIN_BRIDGE_TEST_RUN=${mark}`))
    .filter(({ command }) => command !== '' && !command.includes('jest-worker'))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ').trim() }));
}

async function ancestors(pid) {
  const chain = new Set();
  for (let at = pid; at > 1 && !chain.has(at);) {
    chain.add(at);
    // "pid (name) state parent …", and a name may hold spaces and brackets itself.
    at = Number((await read(at, 'stat')).replace(/^.*\) /s, '').split(' ')[1] ?? 0);
  }
  return chain;
}

function read(pid, file) {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
