import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../support/spawn-process.js';

/** Every page that readers are sent to: what git knows, as only that is there for them. */
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: projectRoot,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name !== '');

/** Code is no text: what looks like a link there is none, and `#` begins a comment. */
function prose(page: string): string {
  return readFileSync(join(projectRoot, page), 'utf8')
    .replaceAll(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '');
}

/** Anchors as GitHub makes them of headings, a repeated one with a number. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, title = ''] of prose(page).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    anchors.add(before === 0 ? slug : `${slug}-${before}`);
  }
  for (const [, id = ''] of prose(page).matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function linksOf(page: string): readonly string[] {
  const text = prose(page).replaceAll(/`[^`\n]*`/g, '');
  return [
    ...[...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, to = '']) => to),
    ...[...text.matchAll(/^\[[^\]]+\]: +(\S+)/gm)].map(([, to = '']) => to),
    ...[...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, to = '']) => to),
  ];
}

/** Why a link leads nowhere; undefined when it does not. */
function broken(page: string, link: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return URL.canParse(link) ? undefined : 'no address';
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (target.startsWith('..')) return 'outside the repository';
  const file = join(projectRoot, target);
  if (!existsSync(file)) return 'no such file';
  if (anchor === undefined) return undefined;
  if (statSync(file).isDirectory() || !target.endsWith('.md')) return 'an anchor in what is no page';
  return anchorsOf(target).has(decodeURIComponent(anchor)) ? undefined : 'no such heading';
}

test('the pages are found', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/operations.md', 'CONTRIBUTING.md']));
});

describe.each(pages)('%s', (page) => {
  test('every link leads to a file and a heading that are there', () => {
    const wrong = linksOf(page).flatMap((link) => {
      const why = broken(page, link);
      return why === undefined ? [] : [`${link}: ${why}`];
    });
    expect(wrong).toEqual([]);
  });
});

test('every page of docs is reached from the README', () => {
  const reached = new Set(['README.md']);
  const open = ['README.md'];
  for (let page = open.pop(); page !== undefined; page = open.pop()) {
    for (const link of linksOf(page)) {
      const [path = ''] = link.split('#');
      if (path === '' || /^[a-z]+:/i.test(path)) continue;
      const target = normalize(join(dirname(page), path));
      if (!target.endsWith('.md') || reached.has(target) || !pages.includes(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});

test('a link that leads nowhere is found', () => {
  expect(broken('README.md', 'docs/no-such-page.md')).toBe('no such file');
  expect(broken('README.md', 'docs/operations.md#no-such-heading')).toBe('no such heading');
  expect(broken('docs/operations.md', '../README.md')).toBeUndefined();
  expect(broken('README.md', '../elsewhere.md')).toBe('outside the repository');
});
