import fc from 'fast-check';

/** Names that try to be more than a name, and ones that are too much. */
const HOSTILE = [
  '<!channel>',
  '<@U0ANA00001>',
  '<#C0FINOPS01>',
  '<!subteam^S0FINOPS01>',
  '<https://evil.test|here>',
  '*bold* _italic_ ~struck~ `code`',
  '&amp; & &lt;',
  ':boom: :flag-gb:',
  '=HYPERLINK("https://evil.test")',
  '\u202egnirts',
  '\ud800',
  '\u0000\u0007\u001b[31m',
  'two\nlines\r\n> quote',
  '🙂'.repeat(300),
  '"\\'.repeat(2_000),
  'x'.repeat(10_000),
  'مرحبا بالعالم',
  ' ',
  '',
];

/** What is done to a sample of figures: every string, amount and list in it becomes extreme. */
export interface Extreme {
  readonly texts: readonly string[];
  readonly amounts: readonly bigint[];
  /** How often each list's items are there; 0 empties it. */
  readonly copies: number;
}

/** Extremes of every kind, mixed. */
export const extreme: fc.Arbitrary<Extreme> = fc.record({
  texts: fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 200 })), {
    minLength: 1,
    maxLength: 6,
  }),
  amounts: fc.array(
    fc.oneof(fc.constantFrom(0n, 1n, -1n), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n })),
    { minLength: 1, maxLength: 4 },
  ),
  copies: fc.constantFrom(0, 1, 30, 300),
});

/** Fields whose text is our own: an id, or one of a few words that code decides by. */
const WORDS: ReadonlySet<string> = new Set(
  'kind state stage outcome why reader grain what unit wanted nature confidence method operator join phasing cause by id draftId ruleId hash'.split(
    ' ',
  ),
);
/** Words of those fields, days, months and ids, wherever they stand. */
const FIXED =
  /^(\d{4}-\d{2}(-\d{2})?|\d{4}-W\d{2}|[A-Z]{3}|tag:.*|[a-z]+\.[a-z-]+|#?[CUSFDW]0[A-Z0-9]+|Etc\/UTC)$/;

/** Items that lists in lists may come to in one sample, and characters after which its texts are short ones. */
const MOST_NESTED = 1_000;
const MOST_TEXT = 500_000;
const SHORT_TEXT = 40;

/**
 * A sample made extreme. Numbers, booleans, nulls, days, currencies and the words that code decides by stay; so does
 * what `keep` names. Its size has a limit, however deep the sample: outer lists are as long as `how` says, then come
 * `MOST_NESTED` and `MOST_TEXT`, after which lists keep their length and texts are cut.
 */
export function makeExtreme<T>(sample: T, how: Extreme, keep: readonly string[] = []): T {
  let at = 0;
  let nestedLeft = MOST_NESTED;
  let textLeft = MOST_TEXT;
  const next = <V>(values: readonly V[], fallback: V): V => values[at++ % values.length] ?? fallback;
  const nextText = (fallback: string): string => {
    const text = next(how.texts, fallback).slice(0, textLeft > 0 ? undefined : SHORT_TEXT);
    textLeft -= text.length;
    return text;
  };
  const copiesOf = (list: readonly unknown[], depth: number): number => {
    if (depth === 0) return how.copies;
    const copies = Math.min(how.copies, nestedLeft > 0 ? 2 : 1);
    nestedLeft -= copies * list.length;
    return copies;
  };
  const walk = (value: unknown, name: string, depth = 0): unknown => {
    if (keep.includes(name)) return value;
    if (typeof value === 'bigint') return next(how.amounts, value);
    if (typeof value === 'string') return WORDS.has(name) || FIXED.test(value) ? value : nextText(value);
    if (Array.isArray(value))
      return Array.from({ length: copiesOf(value, depth) }, (): readonly unknown[] => value)
        .flat()
        .map((item) => walk(item, name, depth + 1));
    if (value instanceof Map)
      return new Map([...value].map(([key, item]) => [walk(key, '', depth), walk(item, '', depth)]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, key, depth)]));
  };
  return walk(sample, '') as T;
}
