import { readdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOfRun } from './processes-of-run.mjs';

/** After the last test: what a test started is gone, and what it wrote too. Otherwise the run fails, and says which. */
export default async function runEnds() {
  const folder = process.env.TMPDIR;
  // A server whose owner was killed by a test needs a moment to notice.
  const deadline = Date.now() + 5_000;
  let processes = [];
  let files = [];
  do {
    processes = await processesOfRun(process.env.EGAIN_BRIDGE_TEST_RUN);
    files = await readdir(folder);
    if (processes.length + files.length === 0) break;
    await sleep(50);
  } while (Date.now() < deadline);

  for (const { pid } of processes) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
  const left = [
    ...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
    ...files.map((file) => `file: ${file}`),
  ];
  if (left.length === 0) return;
  // Not thrown: jest would then give up before it has written the results of the tests themselves.
  console.error(`The tests left behind:\n${left.join('\n')}`);
  process.exitCode = 1;
}
