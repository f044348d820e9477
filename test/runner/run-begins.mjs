import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compile, put } from './compile.mjs';

/**
 * Before the first test: a mark that every process of this run inherits, a temporary folder of its own, the sources as plain
 * modules, and the description of the API as JSON (most test files read it, and reading YAML takes a hundred times as long).
 */
export default async function runBegins() {
  process.env.EGAIN_BRIDGE_TEST_RUN ??= randomUUID();
  process.env.TMPDIR = await mkdtemp(join(tmpdir(), 'egain-bridge-tests-'));
  await compile();
  await put('.setup/openapi.json', JSON.stringify(parse(await readFile('src/egain/openapi.yaml', 'utf8'))));
}
