import { describe, expect, test } from '@jest/globals';
import addFormats from 'ajv-formats';
import { Ajv } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { deploymentTools } from '../../support/deployment-tools.js';

const read = (file: string): unknown => parse(readFileSync(file, 'utf8'), { merge: true });

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      command: z.array(z.string()).default([]),
      depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).default([]),
      volumes: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});
const compose = composeSchema.parse(read('compose.yaml'));
const services = Object.entries(compose.services);

const found = deploymentTools();

(found === undefined ? describe.skip : describe)(
  'compose.yaml, held against the Compose Specification',
  () => {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats.default(ajv);
    // Compose writes durations as Go does.
    ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
    const file = join(found?.modules ?? '', 'dclint/schemas/compose.schema.json');
    const schema = (): object => ({
      ...(JSON.parse(readFileSync(file, 'utf8')) as object),
      // What it says there is no draft's own name.
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: undefined,
    });
    const problems = (document: unknown): string[] => {
      ajv.validate(schema(), document);
      return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
    };

    test('it is one', () => {
      expect(problems(read('compose.yaml'))).toEqual([]);
    });

    test('what is none is found', () => {
      const wrong = structuredClone(read('compose.yaml')) as {
        services: Record<string, Record<string, unknown>>;
      };
      Object.assign(wrong.services['bridge'] ?? {}, { portz: ['80:80'], restart: 7 });
      expect(problems(wrong).join('\n')).toMatch(/\/services\/bridge must NOT have/);
    });
  },
);

describe('compose.yaml', () => {
  test('has the bridge, Redis, a simulator, a channel, Prometheus and Grafana', () => {
    expect(services.map(([name]) => name)).toEqual([
      'redis',
      'bridge',
      'simulator',
      'channel',
      'prometheus',
      'grafana',
    ]);
  });

  test('every file it mounts is there, every volume and service it names too', () => {
    for (const [name, { volumes, depends_on: needed }] of services) {
      for (const volume of volumes) {
        const [, source = ''] = /^(?:\$\{\w+:-)?([^:}]+)/.exec(volume) ?? [];
        const isThere = source.startsWith('.') ? existsSync(source) : source in compose.volumes;
        expect([name, source, isThere]).toEqual([name, source, true]);
      }
      for (const other of Array.isArray(needed) ? needed : Object.keys(needed))
        expect(compose.services).toHaveProperty(other);
    }
  });

  test('Redis keeps what was acknowledged and evicts nothing', () => {
    const words = compose.services['redis']?.command.join(' ');
    expect(words).toContain('--appendonly yes');
    expect(words).toContain('--maxmemory-policy noeviction');
  });

  test('only the public port is open beyond this machine', () => {
    const open = services.flatMap(([name, { ports }]) =>
      ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => [name, port]),
    );
    expect(open).toEqual([['bridge', '8080:8080']]);
  });

  test('Prometheus asks the port the bridge tells on, with the alerts; Grafana has it as its source and the dashboard', () => {
    expect(read('deploy/prometheus/prometheus.yml')).toMatchObject({
      rule_files: ['/etc/prometheus/rules.yaml'],
      scrape_configs: [{ job_name: 'egain-channel-bridge', static_configs: [{ targets: ['bridge:9090'] }] }],
    });
    expect(read('deploy/grafana/datasources.yaml')).toMatchObject({
      datasources: [{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }],
    });
    expect(compose.services['prometheus']?.volumes.join()).toContain('rules.yaml:/etc/prometheus/rules.yaml');
    expect(compose.services['grafana']?.volumes.join()).toContain('dashboard.json:/etc/grafana/dashboards/');
    expect(read('deploy/grafana/dashboards.yaml')).toMatchObject({
      providers: [{ options: { path: '/etc/grafana/dashboards' } }],
    });
  });
});
