import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

interface Expression {
  readonly source: string;
  readonly flags: string;
  readonly at: string;
}

const folders = ['src', 'webhooks', 'workers', 'config'];

function sources(): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
}

/** Every regular expression that is written in a file, and what is made of texts while the program runs. */
function read(file: string): { readonly expressions: Expression[]; readonly made: string[] } {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const expressions: Expression[] = [];
  const made: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const { text } = node;
      const end = text.lastIndexOf('/');
      expressions.push({ source: text.slice(1, end), flags: text.slice(end + 1), at: `${file} ${text}` });
    }
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText(tree) === 'RegExp')
      made.push(`${file} ${node.getText(tree)}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { expressions, made };
}

const files = sources().map(read);
const expressions = [
  ...new Map(files.flatMap((file) => file.expressions).map((one) => [one.at, one])).values(),
];

const length = 200_000;
/** A step per letter takes some milliseconds, a step per pair of letters several seconds, even in compiled expressions. */
const mostMs = 500;
const classes: Readonly<Record<string, string>> = {
  s: ' \t',
  d: '1',
  w: 'a_',
  S: 'x',
  D: 'x',
  W: '-',
  n: '\n',
  r: '\r',
};

/** Texts that make an expression try again and again: what it looks for many times over, and then not what it needs. */
function attacks({ source }: Expression): string[] {
  const escapes = [...source.matchAll(/\\([sdwSDWnr])/g)].flatMap(([, name = '']) =>
    Array.from(classes[name] ?? ''),
  );
  const plain = source.replace(/\\([^a-zA-Z])/g, '$1').replace(/\\[a-zA-Z](?:\{[^}]*\})?/g, '');
  const letters = new Set([
    ...escapes,
    ...Array.from(plain.replace(/\p{L}{2,}/gu, (word) => word.slice(0, 1))),
    'a',
    '1',
    ' ',
  ]);
  const words = plain.match(/[\p{L}${:[-]{2,}/gu) ?? [];
  const units = [...letters, ...words, ...words.map((word) => `${word}a`)];
  const beginnings = ['', ...[...new Set(words)].slice(0, 2)];
  return units.flatMap((unit) =>
    beginnings.flatMap((beginning) =>
      ['\u0000', `\u0000${unit}`].map((end) => `${beginning}${unit.repeat(length / unit.length)}${end}`),
    ),
  );
}

/** One without repetition has nothing to try again. */
const repeats = ({ source }: Expression): boolean => /[*+]|,\}/.test(source);

const context = createContext({});
const attempt = new Script('for (const text of texts) expression.test(text)');

/** One that is slow only because the machine has other things to do is not slow twice. */
const tries = 2;

/** Whether the expression answers to each text in time. */
function isQuick(one: Expression, texts: readonly string[]): boolean {
  // All together, for each attempt costs a thread that watches it.
  if (answers(one, texts)) return true;
  return texts.every((text) => Array.from({ length: tries }).some(() => answers(one, [text])));
}

/** Whether the expression had its answers in time; one that is at work can only be broken off from outside. */
function answers({ source, flags }: Expression, texts: readonly string[]): boolean {
  context['expression'] = new RegExp(source, flags);
  context['texts'] = texts;
  try {
    attempt.runInContext(context, { timeout: mostMs });
    return true;
  } catch (error) {
    expect(error).toHaveProperty('code', 'ERR_SCRIPT_EXECUTION_TIMEOUT');
    return false;
  }
}

describe('regular expressions', () => {
  test('the battery breaks those that are known to be slow', () => {
    for (const source of ['\\s+$', '^(?:\\w+\\s?)*$', 'headers\\[.*\\]\\.value$']) {
      const one = { source, flags: '', at: source };
      expect([source, isQuick(one, attacks(one))]).toEqual([source, false]);
    }
  });

  test('all of ours were found', () => {
    expect(expressions.length).toBeGreaterThan(150);
    expect(expressions.some(({ source }) => source === '^Bearer ([\\w-]{22,128})$')).toBe(true);
  });

  test('I9: none of ours takes longer than in proportion to what it reads, whoever wrote that', () => {
    const slow = expressions.filter((one) => repeats(one) && !isQuick(one, attacks(one)));
    expect(slow.map(({ at }) => at)).toEqual([]);
  }, 120_000);

  test('none is made of a text that comes from outside', () => {
    // Made of names from a list of our own.
    const known = ['src/lanes/memory.ts'];
    const made = files.flatMap((file) => file.made);
    expect(made.filter((one) => !known.some((file) => one.startsWith(`${file} `)))).toEqual([]);
  });
});
