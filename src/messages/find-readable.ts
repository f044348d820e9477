/** What a person could read in content whose shape nobody knows. */

/** Fields of an unknown type that a reader is meant to see, in the order they are written. */
const readable = [
  'title',
  'subtitle',
  'header',
  'text',
  'label',
  'name',
  'body',
  'description',
  'caption',
  'message',
];
const addresses = ['url', 'link', 'href'];

const mostFindings = 50;
const deepest = 12;

/** Texts and web addresses anywhere in `value`, each once, in reading order; bounded in depth and number. */
export function findReadable(value: unknown): string[] {
  const found = new Set<string>();
  const visit = (node: unknown, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > deepest || found.size >= mostFindings) return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item, depth + 1);
      return;
    }
    const fields = new Map<string, unknown>(Object.entries(node));
    const add = (names: readonly string[], wanted: (text: string) => boolean): void => {
      for (const name of names) {
        const text = fields.get(name);
        if (typeof text === 'string' && text.trim() !== '' && wanted(text) && found.size < mostFindings)
          found.add(text.trim());
      }
    };
    add(readable, () => true);
    add(addresses, (text) => /^https?:\/\//i.test(text));
    for (const child of fields.values()) visit(child, depth + 1);
  };
  visit(value, 0);
  return [...found];
}
