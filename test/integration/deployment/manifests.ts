import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { DeploymentTools } from '../../support/deployment-tools.js';

const chart = 'helm/egain-channel-bridge';

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface HelmRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function helm(tools: DeploymentTools, ...args: readonly string[]): HelmRun {
  const { status, stdout, stderr } = spawnSync(tools.helm, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}

/** What the chart makes of `values` (a file) and further `--set` values. @throws with Helm's words when it refuses */
export function render(
  tools: DeploymentTools,
  values: string | undefined,
  ...set: readonly string[]
): Manifest[] {
  const run = helm(
    tools,
    ...['template', 'check', chart, '--namespace', 'chat'],
    ...(values === undefined ? [] : ['--values', values]),
    ...set.flatMap((each) => ['--set', each]),
  );
  if (run.status !== 0) throw new Error(run.stderr);
  return parseAllDocuments(run.stdout).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(String(document.errors));
    const value: unknown = document.toJS();
    return value === null ? [] : [manifestSchema.parse(value)];
  });
}

/** The package and file of a kind's own types. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const packages: Record<string, string> = {
    'keda.sh': '@kubernetes-models/keda',
    'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  };
  const [group = ''] = apiVersion.split('/');
  return `${packages[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

/**
 * Holds manifests against Kubernetes' schemas (wrong types, missing keys) and, written as TypeScript literals, against
 * its types (unknown keys). Returns every problem.
 */
export function problemsOf(tools: DeploymentTools, manifests: readonly Manifest[]): string[] {
  const folder = mkdtempSync(join(tools.modules, '..', 'manifests-'));
  try {
    const named = manifests.map((document) => ({
      name: `${document.kind}/${document.metadata.name}`,
      module: moduleOf(document),
      document,
    }));
    const list = join(folder, 'manifests.json');
    writeFileSync(list, JSON.stringify(named));
    const checked = spawnSync('node', ['test/support/kubernetes-check.mjs', tools.modules, list], {
      encoding: 'utf8',
    });
    if (checked.status !== 0) throw new Error(checked.stderr);
    return [...z.array(z.string()).parse(JSON.parse(checked.stdout)), ...typeProblems(folder, named)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function typeProblems(
  folder: string,
  named: readonly { readonly name: string; readonly module: string; readonly document: Manifest }[],
): string[] {
  const files = named.map(({ module, document }, index) => {
    const file = join(folder, `manifest-${index}.ts`);
    const type = `I${document.kind}`;
    const literal = JSON.stringify(document, null, 1);
    writeFileSync(
      file,
      `import type { ${type} } from '${module}';\nexport const manifest: ${type} = ${literal};\n`,
    );
    return file;
  });
  const options =
    '--ignoreConfig --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022 --types';
  const { stdout } = spawnSync(
    'node',
    [resolve('node_modules/@typescript/native/bin/tsc'), ...options.split(' '), 'node', ...files],
    { encoding: 'utf8' },
  );
  return stdout
    .split('\n')
    .filter((line) => line.includes('error TS'))
    .map((line) => {
      const [, index = ''] = /manifest-(\d+)\.ts/.exec(line) ?? [];
      return `${named[Number(index)]?.name ?? '?'}: ${line.slice(line.indexOf('error TS'))}`;
    });
}
