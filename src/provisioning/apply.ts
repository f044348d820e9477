/** Carries a plan out, step by step, and stops at the first failure. */
import { EgainError } from '../egain/index.js';
import type { Destruction } from './destruction.js';
import { isTree, type Resources, type Tree } from './kinds.js';
import type { Plan, Step } from './plan.js';
import type { Pointer } from './pointer.js';
import { mapPointers } from './resolve.js';
import type { FoundObject } from './tenant.js';

/** `left` does not include the one that failed. */
export type Outcome<Item> =
  | { readonly ok: true; readonly done: readonly Item[] }
  | {
      readonly ok: false;
      readonly done: readonly Item[];
      readonly failed: Item;
      readonly error: EgainError;
      readonly left: readonly Item[];
    };

export interface ApplyOptions {
  /** #26: send the `modified` last read with every update. */
  readonly sendModified: boolean;
  /** Told after each step, with the object's id. */
  readonly onDone: (step: Step, id: string) => void;
}

/** Only for a plan without problems. */
export async function applyPlan(
  { steps }: Plan,
  resources: Resources,
  { sendModified, onDone }: ApplyOptions,
): Promise<Outcome<Step>> {
  const created = new Map<string, string>();
  const pending = steps.filter(({ action }) => action !== 'keep');
  return inOrder(pending, async (step) => {
    const { kind, key, id, modified } = step;
    const body = withIds(step.body, created);
    if (id === undefined) {
      const answer = await resources[kind].create(body);
      created.set(placeOf(kind, key), answer.id);
      onDone(step, answer.id);
      return;
    }
    const sent = sendModified && modified !== undefined ? { ...body, modified } : body;
    await resources[kind].update(id, sent);
    onDone(step, id);
  });
}

/** Only for a destruction without problems. Something that is gone already counts as done. */
export async function destroy(
  { targets }: Destruction,
  resources: Resources,
  onDone: (target: FoundObject) => void,
): Promise<Outcome<FoundObject>> {
  return inOrder(targets, async (target) => {
    try {
      await resources[target.kind].delete(target.id);
    } catch (error) {
      if (!(error instanceof EgainError && error.status === 404 && error.isEgainAnswer)) throw error;
    }
    onDone(target);
  });
}

async function inOrder<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<Outcome<Item>> {
  for (const [index, failed] of items.entries()) {
    try {
      await work(failed);
    } catch (error) {
      if (!(error instanceof EgainError)) throw error;
      return { ok: false, done: items.slice(0, index), failed, error, left: items.slice(index + 1) };
    }
  }
  return { ok: true, done: items };
}

function withIds(body: Tree, created: ReadonlyMap<string, string>): Tree {
  const mapped = mapPointers(body, ({ kind, value }: Pointer) => {
    const id = created.get(placeOf(kind, value));
    if (id === undefined) throw new TypeError(`the plan makes no ${kind} before it is needed`);
    return id;
  });
  return isTree(mapped) ? mapped : body;
}

function placeOf(kind: string, key: string): string {
  return `${kind}\n${key}`;
}
