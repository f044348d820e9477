import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before the first test: a mark that every process of this run inherits, and a temporary folder of its own. */
export default async function runBegins() {
  process.env.EGAIN_BRIDGE_TEST_RUN ??= randomUUID();
  process.env.TMPDIR = await mkdtemp(join(tmpdir(), 'egain-bridge-tests-'));
}
