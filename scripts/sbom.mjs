/**
 * Writes the software bill of materials (CycloneDX, JSON) of what production runs, made of the lock file alone: to the
 * file that is named, else to standard output. npm does the work; this puts right what it takes from its surroundings.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const manifest = JSON.parse(await readFile('package.json', 'utf8'));
delete manifest.devDependencies;
const { name } = manifest;
const bill = JSON.parse(await made());

/** `npm sbom --omit dev` leaves out what both production and development ask for: it is shown production alone. */
async function made() {
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
  delete lock.packages[''].devDependencies;
  lock.packages = Object.fromEntries(Object.entries(lock.packages).filter(([, { dev }]) => dev !== true));
  const folder = await mkdtemp(join(tmpdir(), 'bill-of-materials-'));
  try {
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
    return execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
// npm calls a package that is not published by its folder's name.
bill.metadata.component.name = name;
bill.metadata.component.type = 'application';
// Where packages were fetched from is the business of whoever fetched them.
for (const component of bill.components) {
  component.externalReferences = (component.externalReferences ?? []).filter(
    ({ type }) => type !== 'distribution',
  );
}
const text = `${JSON.stringify(bill, null, 2)}\n`;
const [, , file] = process.argv;
if (file === undefined) process.stdout.write(text);
else await writeFile(file, text);
