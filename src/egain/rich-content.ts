import type { RichContent, RichOption } from '../messages/model.js';
import { richAmount } from './rich-amount.js';
import { fields, firstText, type Fields } from './rich-fields.js';
import { formFields } from './rich-form.js';

type Link = NonNullable<RichContent['links']>[number];

/** More than anybody reads; a bound on what a strange content can make us do. */
const mostOptions = 1000;
const deepest = 8;

/** Where options were seen (`items`, in list picker sections [SDK]) or may be expected in types that are not public. */
const optionLists: ReadonlySet<string> = new Set([
  'items',
  'options',
  'replies',
  'quickReplies',
  'choices',
  'buttons',
  'timeslots',
  'slots',
  'values',
]);
const idFields = ['id', 'identifier', 'value', 'payload'];
const titleFields = ['title', 'label', 'displayValue', 'text', 'name', 'startTime', 'value'];

/**
 * Reduces a rich message to title, options and links. Only list picker and rich link have a public shape (contract,
 * 10.4); every other type is searched for what looks like an option or a link. Total: any JSON value gives a result.
 */
export function richContent(kind: string, raw: unknown): RichContent {
  const root = fields(raw);
  const asked = kind === 'form' ? formFields(root, optionOf) : [];
  const [only] = asked;
  // A form with one question and its answers is a list to choose from, and is best shown as one.
  const single = asked.length === 1 && only !== undefined && only.choices.length > 0 ? only : undefined;
  const found: Found = { options: [], links: [], multiple: false, leftOut: 0 };
  collect(root, undefined, 0, found);
  const isForm = asked.length > 0 && single === undefined;
  const options = isForm ? [] : unique(single?.choices ?? found.options);
  const amount = kind === 'payment' ? richAmount(root) : undefined;
  const leftOut = isForm ? 0 : found.leftOut + Math.max(0, options.length - mostOptions);
  const title = firstText(root, ['title', 'text', 'header', 'message']) ?? nestedTitle(root);
  const told = ['subtitle', 'description', 'summary', 'text', 'body', 'message'].map((name) =>
    firstText(root, [name]),
  );
  const subtitle = told.find((text) => text !== undefined && text !== title);
  return {
    kind,
    ...(title === undefined ? {} : { title }),
    ...(subtitle === undefined ? {} : { subtitle }),
    options: options.slice(0, mostOptions),
    ...(found.multiple ? { multiple: true } : {}),
    ...(isForm
      ? {
          fields: asked.map(({ id, title, choices }) => ({
            id,
            title,
            ...(choices.length === 0 ? {} : { options: choices.map((choice) => choice.title) }),
          })),
        }
      : {}),
    ...(amount === undefined ? {} : { amount }),
    ...(leftOut > 0 ? { leftOut } : {}),
    ...(found.links.length === 0 ? {} : { links: found.links.slice(0, mostOptions) }),
    raw,
  };
}

/** What there is to read where a channel shows nothing else. */
export function richText(rich: RichContent): string | undefined {
  const linkLines = (rich.links ?? []).map(({ title, url }) =>
    title === undefined ? url : `${title}: ${url}`,
  );
  const lines = [rich.title, rich.subtitle, ...linkLines].filter((line) => line !== undefined);
  return lines.length === 0 ? undefined : lines.join('\n');
}

interface Found {
  readonly options: RichOption[];
  readonly links: Link[];
  multiple: boolean;
  /** Options beyond the bound. */
  leftOut: number;
}

function collect(node: Fields, section: string | undefined, depth: number, found: Found): void {
  if (depth > deepest) return;
  if (isTrue(node['multipleSelection'])) found.multiple = true;
  const link = linkOf(node);
  if (link !== undefined && found.links.length < mostOptions) found.links.push(link);
  for (const [name, value] of Object.entries(node)) {
    if (Array.isArray(value)) {
      const entries = inOrder(value.map(fields));
      for (const entry of entries) {
        const option = optionLists.has(name) && !isLinkButton(entry) ? optionOf(entry, section) : undefined;
        if (option !== undefined && found.options.length >= mostOptions) found.leftOut += 1;
        else if (option !== undefined) found.options.push(option);
        else collect(entry, firstText(entry, ['title']) ?? section, depth + 1, found);
      }
    } else if (typeof value === 'object' && value !== null) {
      collect(fields(value), section, depth + 1, found);
    }
  }
}

/** Sections carry an `order` [SDK]; entries without one keep their place. */
function inOrder(entries: Fields[]): Fields[] {
  const order = (entry: Fields): number => (typeof entry['order'] === 'number' ? entry['order'] : NaN);
  return entries.some((entry) => Number.isNaN(order(entry)))
    ? entries
    : entries.toSorted((a, b) => order(a) - order(b));
}

function optionOf(entry: Fields, section: string | undefined): RichOption | undefined {
  const title = firstText(entry, titleFields);
  const id = firstText(entry, idFields) ?? title;
  if (id === undefined || title === undefined) return undefined;
  const subtitle = firstText(entry, ['subtitle', 'description']);
  const start = firstText(entry, ['startTime']);
  return {
    id,
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    ...(section === undefined ? {} : { section }),
    ...(start === undefined || Number.isNaN(Date.parse(start)) ? {} : { start }),
  };
}

/** A button that opens a page is nothing to choose: the tap never comes back [assumed]. */
function isLinkButton(entry: Fields): boolean {
  const type = firstText(entry, ['type', 'action']) ?? '';
  const answers = /postback|reply/i.test(type) || Array.isArray(entry['actions']);
  return !answers && linkOf(entry) !== undefined && firstText(entry, ['payload']) === undefined;
}

/** In a rich link `url` is the picture and `link` the page [SDK]; elsewhere a `url` is all there is. */
function linkOf(node: Fields): Link | undefined {
  const url = firstText(node, ['link', 'href', 'url', 'webUrl']);
  if (url === undefined || !/^https?:\/\//i.test(url)) return undefined;
  const title = firstText(node, ['title', 'label', 'text', 'name', 'caption']);
  return title === undefined ? { url } : { title, url };
}

/** Time picker and form keep their title one level down [assumed]. */
function nestedTitle(root: Fields): string | undefined {
  for (const value of Object.values(root)) {
    const title = Array.isArray(value) ? undefined : firstText(fields(value), ['title', 'text']);
    if (title !== undefined) return title;
  }
  return undefined;
}

/** Two options of one id are kept apart as long as a reader can. */
function unique(options: readonly RichOption[]): RichOption[] {
  const seen = new Set<string>();
  return options.filter(({ id, title }) => {
    const same = JSON.stringify([id, title]);
    return !seen.has(same) && seen.add(same);
  });
}

/** Boolean in one place of the SDK docs, text in another [SDK]. */
function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}
