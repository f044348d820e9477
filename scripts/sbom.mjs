/**
 * Writes the software bill of materials (CycloneDX, JSON) of what production runs, made of the lock file alone: to the
 * file that is named, else to standard output. npm does the work; this puts right what it takes from its surroundings.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';

const { name } = JSON.parse(await readFile('package.json', 'utf8'));
const made = execFileSync(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'],
  {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  },
);
const bill = JSON.parse(made);
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
