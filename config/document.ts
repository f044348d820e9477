/** The YAML file: its values, and the line each of them is on. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, Scalar, YAMLParseError } from 'yaml';
import type { Path, Problem } from './problems.js';

export interface ConfigDocument {
  /** The file as plain values; undefined when it is empty or cannot be read as YAML. */
  readonly value: unknown;
  /** The line of the deepest part of `path` that is in the file; undefined when none of it is. */
  lineOf(path: Path): number | undefined;
  readonly problems: readonly Problem[];
}

/** No file, or one that could not be read. */
export function noDocument(problems: readonly Problem[] = []): ConfigDocument {
  return { value: undefined, lineOf: () => undefined, problems };
}

/** `name` is how the file is called in messages. */
export function readDocument(text: string, name: string): ConfigDocument {
  const lineCounter = new LineCounter();
  const references = new References();
  const document = parsed(references.hide(text), lineCounter);
  if (document === undefined)
    return noDocument([{ path: '', expected: 'valid YAML: less deeply nested', origin: name }]);
  const problems = worthTelling(document.errors).map((error): Problem => {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return {
      path: '',
      expected: `valid YAML: ${error.message}`,
      origin: `${name} line ${line} column ${col}`,
    };
  });
  if (problems.length > 0) return noDocument(problems);
  visit(document, { Scalar: (_, node) => references.showIn(node) });
  return {
    ...valueOf(document, name),
    lineOf: (path) => {
      const offset = offsetOf(document, path);
      return offset === undefined ? undefined : lineCounter.linePos(offset).line;
    },
  };
}

/** Undefined when it is nested more deeply than the parser can follow. */
function parsed(text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> | undefined {
  try {
    return parseDocument(text, { lineCounter, merge: true, prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type ParseError = Pick<YAMLParseError, 'code' | 'message' | 'pos'>;

/** After the first error in the form everything looks wrong; a name used twice is a finding of its own. */
function worthTelling(errors: readonly ParseError[]): ParseError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
}

/**
 * `[ ${NAME} ]` is no YAML, because a brace opens a map there; yet it is what people write. References are taken out of
 * the way before the file is read and put back into its texts afterwards.
 */
class References {
  readonly #hidden: string[] = [];

  hide(text: string): string {
    return text.replace(
      /\$?\$\{[^}\n]{0,1000}\}/g,
      (reference) => `\uE000${this.#hidden.push(reference) - 1}\uE001`,
    );
  }

  showIn(node: Scalar): void {
    if (typeof node.value !== 'string') return;
    node.value = node.value.replace(
      /\uE000(\d+)\uE001/g,
      (mark, index: string) => this.#hidden[Number(index)] ?? mark,
    );
  }
}

/** Deeper than any setting; an alias within what it names has no end at all. */
const deepest = 100;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels < 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** An alias that means nothing, or far too much, only shows itself when it is followed. */
function valueOf(document: Document, name: string): Pick<ConfigDocument, 'value' | 'problems'> {
  try {
    const value: unknown = document.toJS();
    if (isDeeper(value, deepest))
      throw new Error(`expected at most ${deepest} levels; does an alias hold itself?`);
    return { value: value ?? undefined, problems: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'an alias cannot be followed';
    return { value: undefined, problems: [{ path: '', expected: `valid YAML: ${reason}`, origin: name }] };
  }
}

function offsetOf(document: Document, path: Path): number | undefined {
  let offset: number | undefined;
  let node: unknown = document.contents;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    const next = entryOf(node, part);
    if (next === undefined) break;
    offset = next.at?.range?.[0] ?? offset;
    node = next.value;
  }
  return offset;
}

interface Entry {
  readonly at: Node | undefined;
  readonly value: unknown;
}

function entryOf(node: unknown, part: string | number): Entry | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
    return pair === undefined
      ? undefined
      : { at: isScalar(pair.key) ? pair.key : undefined, value: pair.value };
  }
  if (!isSeq(node) || typeof part !== 'number' || part >= node.items.length) return undefined;
  const value = node.items[part];
  return { at: isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : undefined, value };
}
