import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const files = new URL('../../helm/egain-channel-bridge/files/', import.meta.url);

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Bridge[A-Za-z]+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+m$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({
            summary: z.string(),
            description: z.string(),
            runbook_url: z.string(),
          }),
        }),
      ),
    }),
  ),
});

const panelSchema = z.looseObject({
  title: z.string(),
  type: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.looseObject({ expr: z.string() })).default([]),
});

const dashboardSchema = z.looseObject({
  uid: z.string(),
  panels: z.array(panelSchema),
  templating: z.object({
    list: z.array(z.looseObject({ name: z.string(), definition: z.string().optional() })),
  }),
});

export const rules = rulesSchema
  .parse(parse(readFileSync(new URL('rules.yaml', files), 'utf8')))
  .groups.flatMap((group) => group.rules);

export const dashboard = dashboardSchema.parse(
  JSON.parse(readFileSync(new URL('dashboard.json', files), 'utf8')),
);

/** Everything that is asked of Prometheus, with where it stands. */
export const expressions: readonly { readonly where: string; readonly expr: string }[] = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr })),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr }))),
  ...dashboard.templating.list.flatMap(({ name, definition }) =>
    definition === undefined ? [] : [{ where: name, expr: definition }],
  ),
];

/** Names of the metrics in an expression, of a histogram without what its series add. */
export function metricsOf(expr: string): string[] {
  return [...expr.matchAll(/\b(?:egain_bridge|nodejs|process)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  );
}

/** Labels an expression selects or groups by. */
export function labelsOf(expr: string): string[] {
  const selected = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) =>
    [...inside.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  );
  const grouped = [...expr.matchAll(/\b(?:by|on|without)\s*\(([^)]*)\)/g)].flatMap(([, inside = '']) =>
    inside.split(',').map((label) => label.trim()),
  );
  return [...selected, ...grouped];
}
