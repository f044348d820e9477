/**
 * Completes package-lock.json after `npm install`. A registry mirror may lack a package's binaries for other platforms;
 * npm then leaves them out of the lock file and `npm ci` refuses the file everywhere, this platform included. Their
 * exact versions stand in the package that wants them and their names say what they are for, so the entries can be
 * written without the registry (and without a checksum).
 */
import { readFile, writeFile } from 'node:fs/promises';

const systems = [
  'darwin',
  'linux',
  'win32',
  'android',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
];
const processors = [
  'arm64',
  'arm',
  'x64',
  'ia32',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
  'wasm32',
];

const lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
const added = [];
// What `npm install --package-lock-only` left over belongs to nobody; npm ci does not install it either.
lock.packages = Object.fromEntries(Object.entries(lock.packages).filter(([, entry]) => !entry.extraneous));

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (path === '' || isThere(path, name)) continue;
    const os = systems.filter((system) => words(name).includes(system));
    const cpu = processors.filter((processor) => words(name).includes(processor));
    // WebAssembly runs on any system.
    const anywhere = cpu[0] === 'wasm32' && os.length === 0;
    if ((os.length !== 1 && !anywhere) || cpu.length > 1 || !/^\d+\.\d+\.\d+$/.test(version)) {
      throw new Error(
        `${name}@${version}, wanted by ${path}, is not a binary for one platform: look at it by hand.`,
      );
    }
    const place = `${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`;
    lock.packages[place] = {
      version,
      ...(cpu.length > 0 && { cpu }),
      ...(entry.dev && { dev: true }),
      optional: true,
      ...(os.length > 0 && { os }),
    };
    added.push(name);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
await writeFile(
  'package-lock.json',
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
);
console.log(`${added.length} entries added`);

/** As Node looks packages up: beside the one that wants it, then outwards. */
function isThere(path, name) {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    if (`${at}/node_modules/${name}` in lock.packages) return true;
    if (!at.includes('/node_modules/')) return `node_modules/${name}` in lock.packages;
  }
}

/** `@swc/core-linux-arm-gnueabihf` → core, linux, arm, gnueabihf */
function words(name) {
  return name.replace(/^@[^/]+\//, '').split(/[-.]/);
}
