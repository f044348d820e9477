/** Plans and outcomes as people and programs read them. Never shows a body. */
import type { Outcome } from './apply.js';
import type { Change } from './compare.js';
import type { Destruction } from './destruction.js';
import { describeFailure } from './failure.js';
import { titleOf, type Kind } from './kinds.js';
import { differencesIn, type Plan, type Step } from './plan.js';
import { inWords } from './shown.js';

export function planText(plan: Plan): string {
  const lines = plan.steps.flatMap(stepLines);
  return [...lines, ...plan.notices.map((notice) => `! ${notice}`), summary(plan), ''].join('\n');
}

function stepLines(step: Step): string[] {
  const title = titleOf(step);
  const unknown = step.unknown.map(
    (field) => `? ${title}: ${field} unknown, eGain does not show it (--rotate-secrets sends it)`,
  );
  switch (step.action) {
    case 'create':
      return [`+ ${title}`];
    case 'update':
      return [...step.changes.map((change) => `~ ${title}: ${changeWords(change)}`), ...unknown];
    case 'keep':
      return [`= ${title}`, ...unknown];
  }
}

function changeWords(change: Change): string {
  switch (change.as) {
    case 'value':
      return `${change.field} ${inWords(change.from)} → ${inWords(change.to)}`;
    case 'hidden':
      return `${change.field} differs (not shown)`;
    case 'rotated':
      return `${change.field} is sent again`;
  }
}

function summary(plan: Plan): string {
  const count = (action: Step['action']): number =>
    plan.steps.filter((step) => step.action === action).length;
  const fields = plan.steps.reduce((sum, { changes }) => sum + changes.length, 0);
  const kept = count('keep');
  if (count('create') + count('update') === 0) return `Nothing to do: eGain has all ${kept} as declared.`;
  const drifted = fields === 0 ? '' : ` (${fields} ${fields === 1 ? 'field differs' : 'fields differ'})`;
  return `${count('create')} to create, ${count('update')} to change${drifted}, ${kept} left alone.`;
}

/** For programs: the same, as data. */
export function planData(plan: Plan): unknown {
  return {
    ok: plan.problems.length === 0,
    differences: differencesIn(plan),
    steps: plan.steps.map(({ kind, key, action, id, changes, unknown }) => ({
      action,
      kind,
      name: key,
      id: id ?? null,
      changes,
      unknown,
    })),
    problems: plan.problems,
    notices: plan.notices,
  };
}

export function destructionText({ targets, missing }: Destruction): string {
  const lines = [
    ...targets.map(({ kind, key, id }) => `- ${titleOf({ kind, key: key ?? id })} (${id})`),
    ...missing.map((title) => `= ${title}: not there`),
  ];
  const last = targets.length === 0 ? 'Nothing to destroy.' : `${targets.length} to destroy.`;
  return [...lines, last, ''].join('\n');
}

interface Named {
  readonly kind: Kind;
  readonly key?: string | undefined;
  readonly id?: string | undefined;
}

/** One sentence: what failed and why, what is done, what is not. */
export function stopText<Item extends Named>(
  outcome: Extract<Outcome<Item>, { ok: false }>,
  verb: string,
): string {
  const names = (items: readonly Item[]): string =>
    items.length === 0 ? 'nothing' : items.map(named).join(', ');
  return `${named(outcome.failed)} could not be ${verb}: ${describeFailure(outcome.error)}. Done: ${names(outcome.done)}. Not done: ${names([outcome.failed, ...outcome.left])}.`;
}

function named({ kind, key, id }: Named): string {
  return titleOf({ kind, key: key ?? id ?? '' });
}
