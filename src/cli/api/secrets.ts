import { isRecord } from '../../../config/schema/fields.js';

const mask = '********';
/** What eGain logs in to our callback with: by field, and in headers by name. */
const secretFields: ReadonlySet<string> = new Set(['password', 'payload']);
const secretHeader = /authorization|cookie|key|password|secret|signature|token/i;

/** The same object with secrets hidden: output ends up in shell histories, tickets and the logs of pipelines. */
export function withoutSecrets(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return secretFields.has(key) ? mask : value;
  if (Array.isArray(value)) return value.map((entry: unknown) => withoutSecrets(entry, key));
  if (!isRecord(value)) return value;
  const isSecretHeader = key === 'headers' && secretHeader.test(String(value['name']));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretHeader && name === 'value' ? mask : withoutSecrets(inner, name),
    ]),
  );
}
