import { readdirSync, readFileSync } from 'node:fs';

/** README and the pages of docs/, as paths from the root. */
export function pages(): readonly string[] {
  const docs = readdirSync('docs').filter((file) => file.endsWith('.md'));
  return ['README.md', ...docs.toSorted().map((file) => `docs/${file}`)];
}

/** What stands in the page's code blocks of a language. */
export function blocksOf(page: string, language: string): readonly string[] {
  const fences = readFileSync(page, 'utf8').matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...fences].flatMap(([, found, text = '']) => (found === language ? [text] : []));
}
