/** Words that keys and addresses are called by without saying whose they are. */
const NOISE = new Set(
  'api key keys prod production dev development test tests testing stage staging svc service app bot the my new old tmp temp default main openai anthropic claude gpt llm ai'.split(
    ' ',
  ),
);

/** The telling words of a name, in lower case without accents: `samW-Notebook_2` is sam, w, notebook. */
export function nameTokens(name: string): readonly string[] {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '' && !NOISE.has(word));
}

/** How many letters must be added, dropped, changed or swapped with a neighbour to turn one text into the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(best, (before[j - 2] ?? 0) + 1) : best);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}
