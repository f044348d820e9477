import type { Attachment } from '../messages/model.js';
import type { OutboundSwitches } from './switches.js';
import type { HubAttachment, HubContent, HubMessage } from './types.js';

export interface ReadText {
  readonly text?: string;
  readonly html?: string;
}

/**
 * What there is to read in a message. Which of `html`, `text` and `json` carries an agent's words is an open question
 * (contract, 16 #1): the first in the order of preference that holds anything is taken.
 */
export function readText(
  content: HubMessage['content'],
  preference: OutboundSwitches['textPreference'],
  htmlToText: (html: string) => string,
): ReadText {
  if (content === undefined) return {};
  if (typeof content === 'string') return content.trim() === '' ? {} : { text: content };
  const read: Readonly<Record<(typeof preference)[number], () => string | undefined>> = {
    html: () => (content.html === undefined ? undefined : htmlToText(content.html)),
    text: () => content.text,
    json: () => wordsIn(content.json, htmlToText),
  };
  const text = preference.map((field) => read[field]()).find((found) => (found ?? '').trim() !== '');
  const { html } = content;
  return {
    ...(text === undefined ? {} : { text }),
    ...(html === undefined || html.trim() === '' ? {} : { html }),
  };
}

/** Content of a structured type: an object, or the same as JSON text in any place it was seen or may be expected. */
export function readStructure(content: HubMessage['content']): unknown {
  if (content === undefined) return undefined;
  if (typeof content === 'string') return parsed(content) ?? content;
  const { json, text } = content;
  if (json !== undefined && json !== null) return typeof json === 'string' ? (parsed(json) ?? json) : json;
  return (text === undefined ? undefined : parsed(text)) ?? withoutEnvelope(content);
}

/** A field of structured content, if it is a text that says something. */
export function textField(structure: unknown, ...names: readonly string[]): string | undefined {
  if (typeof structure !== 'object' || structure === null) return undefined;
  const entries = new Map<string, unknown>(Object.entries(structure));
  return names
    .map((name) => entries.get(name))
    .find((value): value is string => typeof value === 'string' && value.trim() !== '');
}

/** `size` is met as text [wild: DM bridge]; a file without a name is called by the last part of its address. */
export function readAttachments(hub: HubMessage): readonly Attachment[] {
  return (hub.attachments?.attachment ?? []).map((file): Attachment => {
    const size = Number(file.size ?? Number.NaN);
    const [contentType, url, assetId] = [file.contentType, file.url, file.id].map(filled);
    return {
      name: filled(file.name) ?? nameFromUrl(file) ?? 'file',
      ...(contentType === undefined ? {} : { contentType }),
      ...(Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
      ...(url === undefined ? {} : { url }),
      ...(assetId === undefined ? {} : { assetId }),
    };
  });
}

function wordsIn(json: unknown, htmlToText: (html: string) => string): string | undefined {
  if (typeof json !== 'string') {
    const html = textField(json, 'html');
    return (
      textField(json, 'text', 'content', 'message') ?? (html === undefined ? undefined : htmlToText(html))
    );
  }
  const inner = parsed(json);
  return inner === undefined ? json : wordsIn(inner, htmlToText);
}

/** Only objects and lists: a text that happens to be `5` or `"x"` in JSON is meant as it stands. */
function parsed(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Some structure may lie in the content itself, beside the envelope's own fields. */
function withoutEnvelope(content: HubContent): unknown {
  const known = new Set(['text', 'html', 'json', 'redact']);
  const rest = Object.entries(content).filter(([name, value]) => !known.has(name) && value !== undefined);
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

function nameFromUrl(file: HubAttachment): string | undefined {
  if (file.url === undefined || !URL.canParse(file.url)) return undefined;
  const last = new URL(file.url).pathname.split('/').at(-1) ?? '';
  try {
    return filled(decodeURIComponent(last));
  } catch {
    return filled(last);
  }
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}
