/**
 * Holds manifests against Kubernetes' own schemas: node kubernetes-check.mjs <node_modules> <file of manifests as JSON>
 * Prints a list of problems as JSON. Unknown keys are not found here: the types do that.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';

const [modules, file] = argv.slice(2);
const problems = [];
for (const { name, module, document } of JSON.parse(await readFile(file, 'utf8'))) {
  const { [document.kind]: Kind } = await import(pathToFileURL(join(modules, `${module}.js`)).href);
  try {
    new Kind(document).validate();
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
}
stdout.write(JSON.stringify(problems));
