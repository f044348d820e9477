import type { RichOption } from '../messages/model.js';
import { fields, firstText, type Fields } from './rich-fields.js';

/** One thing a form asks for; `choices` = the answers it offers. */
export interface FormField {
  readonly id: string;
  readonly title: string;
  readonly choices: readonly RichOption[];
}

/** Where a form may keep what it asks for; the type's body is not public [assumed]. */
const fieldLists: ReadonlySet<string> = new Set(['fields', 'inputs', 'questions', 'pages', 'elements']);
const choiceLists = ['options', 'choices', 'items', 'values'];
const mostFields = 100;
const deepest = 8;

/** What a form asks for, in its order; empty when nothing in it looks like a form. Total and bounded. */
export function formFields(
  root: Fields,
  optionOf: (entry: Fields, section: string | undefined) => RichOption | undefined,
): readonly FormField[] {
  const found: FormField[] = [];
  const visit = (node: Fields, depth: number): void => {
    if (depth > deepest) return;
    for (const [name, value] of Object.entries(node)) {
      if (Array.isArray(value)) {
        for (const entry of value.map(fields)) {
          if (found.length >= mostFields) return;
          const field = fieldLists.has(name) ? fieldOf(entry, optionOf) : undefined;
          if (field === undefined) visit(entry, depth + 1);
          else found.push(field);
        }
      } else visit(fields(value), depth + 1);
    }
  };
  visit(root, 0);
  return found;
}

/** An entry that holds further fields is a page of them, not a field. */
function fieldOf(
  entry: Fields,
  optionOf: (entry: Fields, section: string | undefined) => RichOption | undefined,
): FormField | undefined {
  if (Object.keys(entry).some((name) => fieldLists.has(name))) return undefined;
  const title = firstText(entry, ['label', 'title', 'question', 'text', 'placeholder', 'name', 'id']);
  const id = firstText(entry, ['id', 'name', 'identifier', 'key']) ?? title;
  if (id === undefined || title === undefined) return undefined;
  const listed = choiceLists.map((name) => entry[name]).find((value) => Array.isArray(value));
  const entries: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const choices = entries.flatMap((each): RichOption[] => {
    const option = typeof each === 'string' ? { id: each, title: each } : optionOf(fields(each), undefined);
    return option === undefined ? [] : [option];
  });
  return { id, title, choices: choices.slice(0, mostFields) };
}
