import { readFileSync } from 'node:fs';
import { createMetrics } from '../../../src/operations/metrics.js';
import { dashboard, expressions, labelsOf, metricsOf, rules } from '../../support/expressions.js';

const { catalogue, registry } = createMetrics();
const runbooks = readFileSync(new URL('../../../docs/runbooks.md', import.meta.url), 'utf8');

test.each(expressions)('$where asks only for metrics that exist, by labels they have', async ({ expr }) => {
  const registered = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  const names = metricsOf(expr);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !registered.includes(name))).toEqual([]);
  const labels = new Set([
    'job',
    'instance',
    'le',
    ...catalogue.filter(({ name }) => names.includes(name)).flatMap((metric) => metric.labels),
  ]);
  expect(labelsOf(expr).filter((label) => !labels.has(label))).toEqual([]);
});

test('every metric of the bridge is looked at by the dashboard or an alert', () => {
  const asked = new Set(expressions.flatMap(({ expr }) => metricsOf(expr)));
  expect(catalogue.map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([
    'egain_bridge_background_errors_total',
  ]);
});

test('every alert has its runbook, and every runbook its alert', () => {
  const sections = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  expect(sections.sort()).toEqual(rules.map(({ alert }) => alert).sort());
  for (const { alert, annotations, labels } of rules) {
    expect(annotations.runbook_url).toBe(`docs/runbooks.md#${alert.toLowerCase()}`);
    // The page and the rule must not disagree about how urgent it is.
    expect(runbooks).toMatch(new RegExp(`## ${alert}\n\n\\*\\*Means\\*\\* \\(${labels.severity}\\)`));
  }
});

test('an alert’s words use only labels that its expression leaves', () => {
  for (const { expr, annotations } of rules) {
    const used = [
      ...Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.([a-z_]+)/g),
    ].map(([, label]) => label);
    const left = expr.startsWith('nodejs_') ? ['instance'] : labelsOf(expr);
    expect(used.filter((label) => !left.includes(label ?? ''))).toEqual([]);
  }
});

test('no panels of the dashboard lie over each other, or beyond its edge', () => {
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
});
