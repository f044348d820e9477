import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const file = '.setup/lock';

/**
 * Two set-ups in one folder (a demo and a test run, say) take turns. A lock whose holder is no longer alive is free.
 * @param {() => Promise<void>} work
 */
export async function oneAtATime(work) {
  await mkdir('.setup', { recursive: true });
  while (!(await take())) await sleep(100);
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take() {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  // 0: its holder is between creating the file and writing its number, or has just removed it.
  if (holder !== 0 && !isAlive(holder)) await rm(file, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
