import type { Day } from '../base/time.js';
import { UNALLOCATED } from '../rules/target.js';
import { SPEND_KEYS, type SpendKey } from './spend.js';

/** What `/spend` may be about: the names that the ledger and the directory really have. */
export interface SpendVocabulary {
  readonly today: Day;
  /** Lower-case e-mail of the person who asks, for `me`. */
  readonly askedBy: string | null;
  /** In order of precedence: of two equal names the one in the earlier dimension is meant. Owners most expensive first. */
  readonly dimensions: readonly { readonly id: string; readonly owners: readonly string[] }[];
  /** Values of the built-in keys, most expensive first. */
  readonly values: Readonly<Partial<Record<SpendKey, readonly string[]>>>;
}

/** Something a name can stand for. `key` is a SpendKey or a dimension id. */
export interface Candidate {
  readonly key: string;
  readonly name: string;
  /** The name's lower-case words. */
  readonly words: readonly string[];
}

/** Other words for the keys. */
const ALIASES: Readonly<Record<string, string>> = {
  api: 'key',
  'api-key': 'key',
  user: 'person',
  people: 'person',
  employee: 'person',
  vendor: 'provider',
  tool: 'service',
  workspace: 'sub-account',
  project: 'sub-account',
  account: 'sub-account',
  feed: 'source',
  daily: 'day',
  monthly: 'month',
  squad: 'team',
};
/** Words that may stand anywhere and mean nothing. */
const FILLERS = new Set([
  'for',
  'of',
  'on',
  'in',
  'the',
  'spend',
  '/spend',
  'during',
  'from',
  'and',
  'show',
  'our',
]);

/** Splits a text into lower-case words; "double quotes" only group for the eye and are dropped. */
export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replaceAll(/["“”,?]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Whether a word may be skipped. */
export function isFiller(word: string): boolean {
  return FILLERS.has(word);
}

/** The SpendKey or dimension id that a word names: "team", "teams", "vendor"; null for any other word. */
export function keyNamed(word: string, vocabulary: SpendVocabulary): string | null {
  const keys: readonly string[] = [...vocabulary.dimensions.map((dimension) => dimension.id), ...SPEND_KEYS];
  const singular = word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');
  for (const form of [word, singular]) {
    if (keys.includes(form)) return form;
    const alias = ALIASES[form];
    if (alias !== undefined && keys.includes(alias)) return alias;
  }
  return null;
}

/** Words that may follow "by". */
export function keyWords(vocabulary: SpendVocabulary): readonly string[] {
  return [...vocabulary.dimensions.map((dimension) => dimension.id), ...SPEND_KEYS];
}

/** Everything a name can stand for, the likeliest first. */
export function candidatesOf(vocabulary: SpendVocabulary): readonly Candidate[] {
  const owners = vocabulary.dimensions.flatMap(({ id, owners }) =>
    [...owners, ...(owners.includes(UNALLOCATED) ? [] : [UNALLOCATED])].map((name) => ({ key: id, name })),
  );
  const values = SPEND_KEYS.flatMap((key) => (vocabulary.values[key] ?? []).map((name) => ({ key, name })));
  return [...owners, ...values]
    .map(({ key, name }) => ({ key, name, words: wordsOf(name) }))
    .filter(({ words }) => words.length > 0);
}
