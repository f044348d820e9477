import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { createMetrics } from '../../../src/operations/metrics.js';
import { metricsReference } from '../../../src/operations/metrics-reference.js';

const page = fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url));
const { catalogue, registry } = createMetrics();

test('docs/metrics.md is up to date (UPDATE_REFERENCE=1 writes it)', async () => {
  const reference = await format(metricsReference(), { parser: 'markdown', printWidth: 120 });
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(page, reference);
  expect(readFileSync(page, 'utf8')).toBe(reference);
});

test('every metric is named as Prometheus asks', () => {
  for (const { name, type } of catalogue) {
    expect(name).toMatch(/^egain_bridge_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|kilobytes|percent)\b/);
  }
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
});

test('every metric of the reference is in the registry, with the labels it says', async () => {
  const registered = await registry.getMetricsAsJSON();
  const own = registered.map(({ name }) => name).filter((name) => name.startsWith('egain_bridge_'));
  expect(own.sort()).toEqual(catalogue.map(({ name }) => name).sort());
});
