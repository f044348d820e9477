import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

/** Where callers prove who they are. */
const folders = ['webhooks', 'src/egain/callback', 'src/channels'];
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('browser'))
    .map((name) => join(folder, name)),
);

const secretive = /(secret|password|signature|digest|hmac|credential|passphrase)s?$/i;
const searches = new Set([
  'includes',
  'indexOf',
  'startsWith',
  'endsWith',
  'equals',
  'compare',
  'localeCompare',
  'has',
]);

/** Comparisons whose time tells how much of a guess was right. */
function tellingComparisons(file: string, text = readFileSync(file, 'utf8')): string[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const named = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node)) return secretive.test(node.text);
    if (ts.isPropertyAccessExpression(node)) return secretive.test(node.name.text);
    return ts.isElementAccessExpression(node) && named(node.expression);
  };
  /** To ask whether there is one, or which kind, is no comparison of it. */
  const harmless = (node: ts.Node): boolean =>
    ts.isStringLiteral(node) ||
    ts.isNumericLiteral(node) ||
    node.getText(tree) === 'undefined' ||
    node.getText(tree) === 'null';
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && /^[=!]==?$/.test(node.operatorToken.getText(tree))) {
      const sides = [node.left, node.right];
      if (sides.some(named) && !sides.some(harmless)) found.push(`${file}: ${node.getText(tree)}`);
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      if (searches.has(name.text) && (named(expression) || node.arguments.some(named)))
        found.push(`${file}: ${node.getText(tree)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

describe('I9: secrets are compared in constant time, by construction', () => {
  test('the search finds what it is for', () => {
    for (const text of [
      'given === secret',
      'parts.password !== x',
      'secrets.includes(given)',
      'digest.equals(other)',
    ])
      expect(tellingComparisons('x.ts', text)).toHaveLength(1);
    for (const text of ["secret === ''", 'password === undefined', 'timingSafeEqual(digest, other)'])
      expect(tellingComparisons('x.ts', text)).toEqual([]);
  });

  test('nowhere that callers prove themselves is one compared in any other way', () => {
    expect(files.length).toBeGreaterThan(40);
    // Looked up by the digest of a header: what that takes says nothing about the header.
    const known = ['src/egain/callback/authenticator.ts: known.has(digest)'];
    expect(files.flatMap((file) => tellingComparisons(file)).filter((one) => !known.includes(one))).toEqual(
      [],
    );
  });

  test('each way to prove oneself compares with timingSafeEqual, or leaves it to a library that does', () => {
    const compares = (file: string): boolean =>
      /timingSafeEqual\(|jwtVerify\(/.test(readFileSync(file, 'utf8'));
    for (const file of [
      'src/egain/callback/credential-check.ts',
      'src/egain/callback/bearer.ts',
      'src/channels/webhook/verify.ts',
      'src/channels/webchat/session-token.ts',
    ])
      expect([file, compares(file)]).toEqual([file, true]);
  });
});
