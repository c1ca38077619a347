import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { pages } from './pages.js';

/** Without code blocks: what is shown there is not cited. */
const textOf = (page: string): string => readFileSync(page, 'utf8').replaceAll(/^```.*?^```$/gms, '');

/** The names that GitHub gives to the headings of a page. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = textOf(page).matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function troubleOfLink(from: string, link: string): string | null {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : join(dirname(from), path);
  if (!existsSync(target)) return `${from}: there is no ${target}`;
  return anchor === undefined || anchorsOf(target).has(anchor)
    ? null
    : `${from}: ${target} has no #${anchor}`;
}

it('files and functions that the pages cite are there', () => {
  const troubles = pages().flatMap((page) =>
    [...textOf(page).matchAll(/`((?:src|test|docs|drizzle)\/[\w./-]*)(?::(\w+))?`/g)].flatMap(
      ([, path = '', name]) => {
        if (/\/(?:ROOM|NAME)\b/.test(path)) return [];
        if (!existsSync(path)) return [`${page}: there is no ${path}`];
        const isThere = name === undefined || new RegExp(`\\b${name}\\b`).test(readFileSync(path, 'utf8'));
        return isThere ? [] : [`${page}: ${path} has no ${name}`];
      },
    ),
  );
  expect(troubles).toEqual([]);
});

it('links between the pages lead somewhere', () => {
  const troubles = pages().flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = '']) => troubleOfLink(page, link)),
  );
  expect(troubles.filter((each) => each !== null)).toEqual([]);
});

it('pages that the code cites have the heading, and no other document is cited', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const cited = sources.flatMap((file) =>
    [...readFileSync(join('src', file), 'utf8').matchAll(/(?<![\w./-])[\w/-]+\.md(?:#[\w-]+)?/g)].map(
      ([link]) => ({ file, link }),
    ),
  );
  expect(cited.length).toBeGreaterThan(10);
  const troubles = cited.map(({ file, link }) => {
    if (!link.startsWith('docs/')) return `${file} cites ${link}, which is not in this repository`;
    const trouble = troubleOfLink('README.md', link);
    return trouble === null ? null : `${file}: ${trouble}`;
  });
  expect(troubles.filter((each) => each !== null)).toEqual([]);
});
