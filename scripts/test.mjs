// The whole suite, in three parts: everything but chaos side by side (test/runner/sequencer.mjs says in which order); then chaos,
// which mostly waits, and must not be kept waiting by others; then what judges who was kept waiting by whom, alone on the machine.
// Asked for anything in particular, Jest gets the arguments as they are.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const whole = /^--(forceExit|json|outputFile=.*|silent|ci)$/;
const args = process.argv.slice(2);
const output = args.find((arg) => arg.startsWith('--outputFile='))?.slice('--outputFile='.length);

/** @returns {Promise<number>} Jest's exit code */
function jest(...own) {
  const child = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...own], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}

/** One result of all parts, of what is read from it. */
function merge(files) {
  const all = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const sum = (name) => all.reduce((total, one) => total + one[name], 0);
  return {
    success: all.every((one) => one.success),
    numPassedTests: sum('numPassedTests'),
    numFailedTests: sum('numFailedTests'),
    numPendingTests: sum('numPendingTests'),
    numTotalTests: sum('numTotalTests'),
    numRuntimeErrorTestSuites: sum('numRuntimeErrorTestSuites'),
    testResults: all.flatMap((one) => one.testResults),
  };
}

if (!args.every((arg) => whole.test(arg))) {
  process.exitCode = await jest(...args);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'egain-bridge-results-'));
  const common = args.filter((arg) => !arg.startsWith('--outputFile='));
  // More than there are processors, for many a file waits for a process it started, or for the clock.
  const parts = [
    ['--maxWorkers=4', '--ignoreProjects', 'chaos'],
    ['--maxWorkers=4', '--selectProjects', 'chaos', '--testPathIgnorePatterns', '/chaos/alone/'],
    ['--runInBand', '--selectProjects', 'chaos', '--', '/chaos/alone/'],
  ];
  const files = parts.map((_, index) => join(folder, `${index}.json`));
  try {
    const codes = [];
    for (const [index, part] of parts.entries()) {
      const result = output === undefined ? [] : [`--outputFile=${files[index]}`];
      codes.push(await jest(...common, ...result, ...part));
    }
    if (output !== undefined) writeFileSync(output, JSON.stringify(merge(files)));
    process.exitCode = codes.find((code) => code !== 0) ?? 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
