import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { z } from 'zod';
import { bridgeSchema } from '../../../config/schema.js';
import { adapters } from '../../../src/channels/index.js';
import { deploymentTools, type DeploymentTools } from '../../support/deployment-tools.js';
import { helm, problemsOf, render, type Manifest } from './manifests.js';

const chart = 'helm/egain-channel-bridge';
const sets = readdirSync(`${chart}/ci`).map((file) => `${chart}/ci/${file}`);
const found = deploymentTools();
const withTools = found === undefined ? describe.skip : describe;
const tools: DeploymentTools = found ?? { modules: '', helm: '' };

const podsSchema = z.looseObject({
  replicas: z.number().optional(),
  template: z.object({
    metadata: z.object({
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
    spec: z.looseObject({
      terminationGracePeriodSeconds: z.number().optional(),
      automountServiceAccountToken: z.boolean(),
      securityContext: z.looseObject({ runAsNonRoot: z.boolean() }),
      topologySpreadConstraints: z.array(z.looseObject({ topologyKey: z.string() })).default([]),
      containers: z.array(
        z.looseObject({
          args: z.array(z.string()).default([]),
          image: z.string(),
          envFrom: z.array(z.object({ secretRef: z.object({ name: z.string() }) })).default([]),
          ports: z.array(z.looseObject({ name: z.string(), containerPort: z.number() })),
          securityContext: z.unknown(),
        }),
      ),
    }),
  }),
});

function pods(manifests: readonly Manifest[], name: RegExp) {
  const manifest = manifests.find(
    ({ kind, metadata }) => /^(Deployment|StatefulSet)$/.test(kind) && name.test(metadata.name),
  );
  const { template, replicas } = podsSchema.parse(manifest?.['spec']);
  const [container] = template.spec.containers;
  if (container === undefined) throw new Error('a pod without a container');
  return { replicas, template, container };
}

const kinds = (manifests: readonly Manifest[]): string[] =>
  [...new Set(manifests.map(({ kind }) => kind))].sort();

withTools('the chart, with a real Helm', () => {
  test.each([undefined, ...sets])('%s: lints strictly and renders', (values) => {
    const lint = helm(
      tools,
      'lint',
      '--strict',
      chart,
      ...(values === undefined ? [] : ['--values', values]),
    );
    expect([lint.status, lint.stdout + lint.stderr]).toEqual([
      0,
      expect.stringContaining('0 chart(s) failed'),
    ]);
    expect(render(tools, values).length).toBeGreaterThan(5);
  });

  test('every manifest of every set of values is what Kubernetes takes', () => {
    const manifests = [undefined, ...sets].flatMap((values) => render(tools, values));
    expect(manifests.length).toBeGreaterThan(60);
    expect(problemsOf(tools, manifests)).toEqual([]);
  });

  test('what Kubernetes would not take is found: wrong types, missing keys, unknown keys at any depth', () => {
    const deployment = render(tools, undefined).find(({ kind }) => kind === 'Deployment');
    const broken = (change: (spec: Record<string, unknown>, container: Record<string, unknown>) => void) => {
      const copy = structuredClone(deployment) as Manifest;
      const spec = copy['spec'] as { template: { spec: { containers: [Record<string, unknown>] } } };
      change(spec, spec.template.spec.containers[0]);
      return copy;
    };
    const problems = problemsOf(tools, [
      broken((spec) => (spec['replicas'] = 'two')),
      broken((spec) => delete spec['selector']),
      broken((spec) => (spec['minReplicaz'] = 1)),
      broken((_spec, container) => (container['imagePullPolice'] = 'Always')),
    ]).join('\n');
    for (const word of ['integer', 'selector', 'minReplicaz', 'imagePullPolice'])
      expect(problems).toContain(word);
  });

  test('packages, with the alerts and the dashboard inside and the test values left out', () => {
    const folder = mkdtempSync(join(tmpdir(), 'egain-bridge-chart-'));
    try {
      expect(helm(tools, 'package', chart, '--destination', folder).status).toBe(0);
      const [archive = ''] = readdirSync(folder);
      const { stdout } = spawnSync('tar', ['tzf', join(folder, archive)], { encoding: 'utf8' });
      expect(stdout).toContain('files/rules.yaml');
      expect(stdout).toContain('files/dashboard.json');
      expect(stdout).not.toContain('/ci/');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['web.replicas=two', '/web/replicas'],
    ['workers.replicas=2', 'additional properties'],
    ['config.redis.url=http://redis', '/config'],
    ['ingress.enabled=true', '/ingress/hosts'],
    ['terminationGracePeriodSeconds=20', 'terminationGracePeriodSeconds is 20'],
  ])('refuses %s, and says what is wrong', (set, words) => {
    const run = helm(tools, 'template', 'check', chart, '--set', set);
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain(words);
  });

  test('refuses two Redis at once: one for trials and a real one', () => {
    const run = helm(
      tools,
      ...[
        'template',
        'check',
        chart,
        '--values',
        `${chart}/ci/cluster-values.yaml`,
        '--set',
        'trialRedis.enabled=true',
      ],
    );
    expect(run.stderr).toContain(
      'trialRedis.enabled, but secrets.values.REDIS_URL or config.redis names another',
    );
  });

  test('the example of its README is accepted', () => {
    const readme = readFileSync(`${chart}/README.md`, 'utf8');
    const [, example = ''] = /```yaml\n(image:[\s\S]*?)```/.exec(readme) ?? [];
    expect(example).toContain('publicUrl');
    const folder = mkdtempSync(join(tmpdir(), 'egain-bridge-chart-'));
    try {
      const values = join(folder, 'values.yaml');
      writeFileSync(values, example.replace('sha256:…', `sha256:${'0'.repeat(64)}`));
      expect(kinds(render(tools, values))).toContain('Deployment');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

withTools('what the chart makes', () => {
  const defaults = found === undefined ? [] : render(tools, undefined);
  const everything = found === undefined ? [] : render(tools, `${chart}/ci/everything-values.yaml`);
  const existing = found === undefined ? [] : render(tools, `${chart}/ci/existing-secret-values.yaml`);

  test('nothing that needs more than plain Kubernetes unless it is asked for', () => {
    expect(kinds(defaults)).toEqual([
      'ConfigMap',
      'Deployment',
      'Pod',
      'PodDisruptionBudget',
      'Secret',
      'Service',
      'ServiceAccount',
    ]);
    expect(kinds(everything)).toEqual([
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'NetworkPolicy',
      'Pod',
      'PodDisruptionBudget',
      'PrometheusRule',
      'ScaledObject',
      'Secret',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
      'StatefulSet',
    ]);
  });

  test('two deployments of one image that differ in their role; only web has the public port', () => {
    const [web, worker] = [pods(defaults, /-web$/), pods(defaults, /-worker$/)];
    expect(web.container.image).toBe(worker.container.image);
    expect(web.container.args).toContain('web');
    expect(worker.container.args).toContain('worker');
    expect(web.container.ports.map(({ name }) => name)).toEqual(['public', 'management']);
    expect(worker.container.ports.map(({ name }) => name)).toEqual(['management']);
  });

  test('no pod is root, writes to its root, keeps a capability or holds a token of Kubernetes', () => {
    for (const name of [/-web$/, /-worker$/, /-redis$/]) {
      const { template, container } = pods(everything, name);
      expect(template.spec.securityContext.runAsNonRoot).toBe(true);
      expect(template.spec.automountServiceAccountToken).toBe(false);
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  test.each([
    ['defaults', () => defaults, 5 + 25],
    ['a longer drain', () => existing, 5 + 40],
    ['a set one', () => everything, 5 + 25],
  ])('a pod is given more time to leave than it takes: %s', (_what, manifests, needs) => {
    for (const name of [/-web$/, /-worker$/]) {
      const { template } = pods(manifests(), name);
      expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(needs);
    }
  });

  test('a change of settings or secrets makes new pods', () => {
    const marks = (...set: string[]) =>
      pods(render(tools, `${chart}/ci/cluster-values.yaml`, ...set), /-web$/).template.metadata.annotations;
    const before = marks();
    expect(marks()).toEqual(before);
    expect(marks('config.logging.level=debug')['checksum/config']).not.toBe(before['checksum/config']);
    expect(marks('secrets.values.NEW=x')['checksum/secrets']).not.toBe(before['checksum/secrets']);
  });

  test('an existing secret is used and none is made', () => {
    expect(kinds(existing)).not.toContain('Secret');
    expect(pods(existing, /-web$/).container.envFrom).toEqual([{ secretRef: { name: 'bridge-secrets' } }]);
  });

  test('what scales a role decides over its number of pods', () => {
    expect(pods(defaults, /-web$/).replicas).toBe(2);
    expect([pods(everything, /-web$/).replicas, pods(everything, /-worker$/).replicas]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('pods are spread by what was asked for, each role by itself', () => {
    const keys = (name: RegExp) => pods(everything, name).template.spec.topologySpreadConstraints;
    expect(keys(/-web$/).map(({ topologyKey }) => topologyKey)).toEqual(['topology.kubernetes.io/zone']);
    expect(keys(/-worker$/).map(({ topologyKey }) => topologyKey)).toEqual(['kubernetes.io/hostname']);
    expect(pods(defaults, /-web$/).template.spec.topologySpreadConstraints).toHaveLength(2);
  });

  test('each service finds its pods and no others', () => {
    const labels = [/-web$/, /-worker$/, /-redis$/].map(
      (name) => pods(everything, name).template.metadata.labels,
    );
    const chosen = (name: RegExp): boolean[] => {
      const service = everything.find(({ kind, metadata }) => kind === 'Service' && name.test(metadata.name));
      const { selector } = z
        .looseObject({ selector: z.record(z.string(), z.string()) })
        .parse(service?.['spec']);
      return labels.map((own) => Object.entries(selector).every(([key, value]) => own[key] === value));
    };
    expect(chosen(/check-bridge$/)).toEqual([true, false, false]);
    expect(chosen(/-management$/)).toEqual([true, true, false]);
    expect(chosen(/-redis$/)).toEqual([false, false, true]);
  });

  test.each(['existing-secret', 'cluster', 'sentinel'])(
    'the bridge takes its settings as the chart writes them: %s',
    (name) => {
      const manifests = render(tools, `${chart}/ci/${name}-values.yaml`);
      const map = manifests.find(({ kind }) => kind === 'ConfigMap');
      const { 'bridge.yaml': text } = z.object({ 'bridge.yaml': z.string() }).parse(map?.['data']);
      // References to the environment and to files are resolved before the schema sees them.
      const settings: unknown = parse(
        text
          .replaceAll(/\$\{SUPPORT_SECRET\}/g, `whsec_${'A'.repeat(43)}=`)
          .replaceAll(/\$\{\w+\}/g, 'a-secret-0123456789')
          .replaceAll('caFile: /etc/redis-ca/ca.crt', 'ca: PEM'),
      );
      expect(bridgeSchema(adapters).safeParse(settings).error?.issues ?? []).toEqual([]);
    },
  );

  test('alerts carry the address of their runbook, and words of Prometheus are left alone', () => {
    const rule = everything.find(({ kind }) => kind === 'PrometheusRule');
    const text = JSON.stringify(rule);
    expect(text).toContain('https://git.example.com/bridge/docs/runbooks.md#bridgedeadletters');
    expect(text).toContain('{{ $labels.channel }}');
  });

  test('workers are scaled by the age of the oldest waiting message of this release', () => {
    const scaled = JSON.stringify(everything.find(({ kind }) => kind === 'ScaledObject'));
    expect(scaled).toContain(
      'max(egain_bridge_oldest_waiting_seconds{namespace=\\"chat\\",service=\\"check-bridge-management\\"})',
    );
    expect(scaled).toContain('"metricType":"Value"');
  });

  test('the next steps name the settings that are missing', () => {
    const notes = (...args: string[]) =>
      helm(tools, 'install', 'check', chart, '--dry-run=client', '--namespace', 'chat', ...args);
    const { stdout } = notes();
    expect(stdout).toContain('NOT SET UP YET');
    expect(stdout).toContain('NO REDIS');
    expect(notes('--values', `${chart}/ci/existing-secret-values.yaml`).stdout).not.toContain('NO REDIS');
  });
});
