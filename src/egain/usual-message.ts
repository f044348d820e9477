import type { HubMessage } from './types.js';

type Fields = Readonly<Record<string, unknown>>;

/** A JSON object, which neither null nor a list is. */
export function isJsonObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether the schema of `parse-callback.ts` would pass this value on as it is. It says so of what the hub usually sends, at
 * a twentieth of the schema's price, which every acknowledged message pays; of anything else it says no, and the schema
 * decides. A test holds the two against each other.
 */
export function isUsualMessage(raw: unknown): raw is HubMessage {
  if (!isJsonObject(raw) || raw['attachments'] !== undefined) return false;
  const { type, conversation } = raw;
  return (
    isJsonObject(type) &&
    isFilled(type['value']) &&
    isJsonObject(conversation) &&
    isFilled(conversation['id']) &&
    isMaybeText(raw['id']) &&
    isMaybeText(raw['messageId']) &&
    isMaybeText(raw['created']) &&
    isUsualContent(raw['content']) &&
    isUsualSender(raw['sender']) &&
    isMaybeObjectWithText(raw['parent'], 'messageId')
  );
}

function isUsualContent(content: unknown): boolean {
  if (isMaybeText(content)) return true;
  if (!isJsonObject(content)) return false;
  const { redact } = content;
  return (
    isMaybeText(content['text']) &&
    isMaybeText(content['html']) &&
    (redact === undefined || typeof redact === 'boolean')
  );
}

function isUsualSender(sender: unknown): boolean {
  if (sender === undefined) return true;
  return (
    isJsonObject(sender) &&
    typeof sender['type'] === 'string' &&
    isMaybeObjectWithText(sender['participant'], 'name')
  );
}

function isMaybeObjectWithText(value: unknown, field: string): boolean {
  return value === undefined || (isJsonObject(value) && isMaybeText(value[field]));
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isMaybeText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
