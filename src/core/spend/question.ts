import { editDistance } from '../base/names.js';
import { namedComparison, takeComparison } from './compare.js';
import { PERIOD_WORDS, type Period, readPeriod, thisMonth } from './periods.js';
import { SPEND_KEYS, type SpendKey, type SpendQuestion } from './spend.js';
import {
  type Candidate,
  candidatesOf,
  isFiller,
  keyNamed,
  keyWords,
  type SpendVocabulary,
  wordsOf,
} from './vocabulary.js';

/** A `/spend` text that was understood, or why not; `suggestions` are whole texts that work. */
export type ReadQuestion =
  | { readonly ok: true; readonly question: SpendQuestion }
  | { readonly ok: false; readonly sentence: string; readonly suggestions: readonly string[] };

const MOST_SUGGESTIONS = 4;
const MOST_WORDS = 30;
const TOP_LINES = 10;

/** The vocabulary with its names split into words once. */
interface Lexicon {
  readonly vocabulary: SpendVocabulary;
  readonly candidates: readonly Candidate[];
}

/** What has been read so far. */
interface Reading {
  scope: Candidate | null;
  period: Period | null;
  by: string | null;
  most: number | null;
}

/** The words at `at` that make no sense, and what could stand there instead. */
interface Stumble {
  readonly sentence: string;
  readonly at: number;
  readonly count: number;
  readonly instead: readonly string[];
}

/**
 * Reads `/spend [team|product|key|model|person ...] [name] [period] [by what]`, words in any order, any case;
 * names may have several words and may be cut short where that leaves only one. Nothing at all is the whole
 * company, this month, by team.
 */
export function readSpendQuestion(text: string, vocabulary: SpendVocabulary): ReadQuestion {
  const said = wordsOf(text).slice(0, MOST_WORDS);
  const { words, against, unread } = takeComparison(said, vocabulary.today);
  const lexicon = { vocabulary, candidates: candidatesOf(vocabulary) };
  const reading = unread === null ? readAll(words, lexicon) : noComparison(said, unread);
  if ('sentence' in reading) return notUnderstood(words, reading, lexicon);
  const { range, label } = reading.period ?? thisMonth(vocabulary.today);
  const { most } = reading;
  return {
    ok: true,
    question: {
      scope: scopeOf(reading.scope),
      range,
      rangeLabel: label,
      by: reading.by ?? defaultBy(reading.scope?.key ?? null, vocabulary),
      ...(against === null ? {} : { against: namedComparison(range, against.range, vocabulary.today) }),
      ...(most === null ? {} : { most }),
    },
  };
}

function noComparison(words: readonly string[], unread: string): Stumble {
  const at = unread === '' ? words.length : words.lastIndexOf(unread);
  const what = unread === '' ? 'nothing' : `"${unread.slice(0, 60)}"`;
  const sentence = `Compare with a period, such as last month or 2026-08, not with ${what}.`;
  return { sentence, at, count: 1, instead: ['last month', 'last week', 'last quarter'] };
}

function readAll(words: readonly string[], lexicon: Lexicon): Reading | Stumble {
  const reading: Reading = { scope: null, period: null, by: null, most: null };
  for (let at = 0; at < words.length; ) {
    const step = readStep(words, at, reading, lexicon);
    if (typeof step !== 'number') return step;
    at += step;
  }
  const { period } = reading;
  if (period === null || period.range.from <= lexicon.vocabulary.today) return reading;
  return { sentence: `${period.label} has not begun yet.`, at: 0, count: 0, instead: [] };
}

/** What a person most likely wants to see next inside a scope. */
function defaultBy(key: string | null, vocabulary: SpendVocabulary): string {
  if (key === null || key === 'service' || key === 'provider' || key === 'model') return 'team';
  if (key === 'source' || key === 'day' || key === 'month' || key === 'confidence') return 'service';
  if (key === 'sub-account') return 'key';
  const isOtherDimension = key !== 'team' && vocabulary.dimensions.some((dimension) => dimension.id === key);
  return isOtherDimension ? 'service' : 'model';
}

function scopeOf(scope: Candidate | null): SpendQuestion['scope'] {
  if (scope === null) return null;
  return isSpendKey(scope.key)
    ? { key: scope.key, value: scope.name }
    : { dimension: scope.key, owner: scope.name };
}

function isSpendKey(key: string): key is SpendKey {
  return SPEND_KEYS.some((spendKey) => spendKey === key);
}

/** Reads one thing at `at` into `reading`: how many words it took, or why it makes no sense. */
function readStep(
  words: readonly string[],
  at: number,
  reading: Reading,
  lexicon: Lexicon,
): number | Stumble {
  const rest = words.slice(at);
  const [word = '', next = ''] = rest;
  if ((word === 'by' || word === 'per') && at + 1 <= words.length) {
    reading.by = keyNamed(next, lexicon.vocabulary);
    if (reading.by !== null) return 2;
    const sentence =
      next === '' ? 'By what? Name it after "by".' : `"${next.slice(0, 60)}" is nothing to group by.`;
    return { sentence, at: at + 1, count: 1, instead: keyWords(lexicon.vocabulary) };
  }
  const exact = longestMatch(rest, lexicon.candidates);
  const period = readPeriod(rest, lexicon.vocabulary.today);
  const isPeriod = period !== null && period.words >= (exact?.words.length ?? 0);
  if (isPeriod && reading.period === null) {
    reading.period = period;
    return period.words;
  }
  if (exact === null && word === 'top') return readTop(rest, reading, lexicon);
  const key = keyNamed(word, lexicon.vocabulary);
  if (exact === null && key !== null) return readQualified(words, at, { key, reading }, lexicon);
  if (exact === null && isFiller(word)) return 1;
  if (exact === null && ['me', 'my', 'mine', 'myself'].includes(word)) return readMe(at, reading, lexicon);
  const found = exact ?? uniquePrefix(rest, lexicon.candidates);
  return take(found, { words, at }, reading, lexicon);
}

/** `top people`, `top 5 keys`, `top 3`: how many lines, and of what. */
function readTop(words: readonly string[], reading: Reading, lexicon: Lexicon): number {
  const [, count = '', ...after] = words;
  const isCounted = /^[1-9]\d?$/.test(count);
  reading.most = isCounted ? Number(count) : TOP_LINES;
  const key = keyNamed((isCounted ? after[0] : count) ?? '', lexicon.vocabulary);
  if (key !== null) reading.by = key;
  return 1 + (isCounted ? 1 : 0) + (key === null ? 0 : 1);
}

/** `team search`, `key ci-nightly`; `model` alone, or before a period, means "by model". */
function readQualified(
  words: readonly string[],
  at: number,
  said: { key: string; reading: Reading },
  lexicon: Lexicon,
): number | Stumble {
  const rest = words.slice(at + 1);
  const next = rest[0] ?? 'by';
  const candidates = lexicon.candidates.filter((candidate) => candidate.key === said.key);
  const exact = longestMatch(rest, candidates);
  const ends = next === 'by' || next === 'per' || readPeriod(rest, lexicon.vocabulary.today) !== null;
  if (exact === null && said.reading.scope?.key === said.key) return 1;
  if (exact === null && (ends || isFiller(next))) {
    said.reading.by ??= said.key;
    return 1;
  }
  if (exact === null && next === 'me' && said.key === 'person') return 1;
  const found = exact ?? uniquePrefix(rest, candidates);
  if (found === null) {
    const sentence = `No ${said.key} is called "${next.slice(0, 60)}".`;
    return {
      sentence,
      at: at + 1,
      count: 1,
      instead: candidates.map((candidate) => candidate.words.join(' ')),
    };
  }
  const taken = take(found, { words, at: at + 1 }, said.reading, lexicon);
  return typeof taken === 'number' ? taken + 1 : taken;
}

function readMe(at: number, reading: Reading, lexicon: Lexicon): number | Stumble {
  const email = lexicon.vocabulary.askedBy;
  if (email === null) {
    return {
      sentence: 'Your Slack profile shows no e-mail address to look you up by.',
      at,
      count: 1,
      instead: [],
    };
  }
  reading.scope = { key: 'person', name: email, words: ['me'] };
  return 1;
}

/** What a prefix stands for: one thing, or several. */
interface Found extends Candidate {
  readonly rivals: readonly Candidate[];
}

function take(
  found: Found | Candidate | null,
  here: { words: readonly string[]; at: number },
  reading: Reading,
  lexicon: Lexicon,
): number | Stumble {
  const { words, at } = here;
  const word = words[at] ?? '';
  if (found === null) {
    const names = lexicon.candidates.map((candidate) => candidate.words.join(' '));
    const sentence = `I do not know "${word.slice(0, 60)}": name a team, product, key, model or person, and a period.`;
    return {
      sentence,
      at,
      count: 1,
      instead: ['last', 'this', 'by', ...PERIOD_WORDS, ...names, ...keyWords(lexicon.vocabulary)],
    };
  }
  if ('rivals' in found && found.rivals.length > 1) {
    const instead = found.rivals.map((rival) => rival.words.join(' '));
    const some = found.rivals.slice(0, 3).map((rival) => rival.name);
    const sentence = `"${word.slice(0, 60)}" could be ${some.join(' or ')}.`;
    return { sentence, at, count: found.words.length, instead };
  }
  if (reading.scope !== null) {
    const sentence = `One name at a time: ${reading.scope.name} or ${found.name}.`;
    return { sentence, at, count: found.words.length, instead: [''] };
  }
  reading.scope = found;
  return found.words.length;
}

function longestMatch(words: readonly string[], candidates: readonly Candidate[]): Candidate | null {
  let best: Candidate | null = null;
  for (const candidate of candidates) {
    if (candidate.words.length <= (best?.words.length ?? 0)) continue;
    if (candidate.words.every((word, i) => words[i] === word)) best = candidate;
  }
  return best;
}

/** The candidates whose first words are these, the last one cut short; `words` of the answer are those typed. */
function uniquePrefix(words: readonly string[], candidates: readonly Candidate[]): Found | null {
  for (let count = Math.min(words.length, 4); count >= 1; count--) {
    const typed = words.slice(0, count);
    const rivals = candidates.filter(({ words: whole }) =>
      typed.every((word, i) => (i === count - 1 ? whole[i]?.startsWith(word) : whole[i] === word)),
    );
    const [first] = rivals;
    const sameName = rivals.every((rival) => rival.name === first?.name);
    if (first !== undefined) return { ...first, words: typed, rivals: sameName ? [first] : rivals };
  }
  return null;
}

/** Offers whole texts in which the words that made no sense are replaced; only texts that work. */
function notUnderstood(words: readonly string[], stumble: Stumble, lexicon: Lexicon): ReadQuestion {
  const wrong = words.slice(stumble.at, stumble.at + stumble.count).join(' ');
  const near = [...new Set(stumble.instead)]
    .map((word) => ({ word, distance: nearness(wrong, word) }))
    .filter(({ word, distance }) => distance <= Math.max(2, word.length / 2))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3 * MOST_SUGGESTIONS)
    .map(({ word }) => [...words.slice(0, stumble.at), word, ...words.slice(stumble.at + stumble.count)]);
  const largest = lexicon.vocabulary.dimensions[0]?.owners[0];
  const usual = [
    ...(largest === undefined ? [] : [[...wordsOf(largest), 'last', 'week']]),
    ['by', 'model', '30d'],
    [],
  ];
  const texts = [...near, ...usual].map((text) =>
    ['/spend', ...text.filter((word) => word !== '')].join(' '),
  );
  const suggestions = [...new Set(texts)]
    .filter((text) => !('sentence' in readAll(wordsOf(text), lexicon)))
    .slice(0, MOST_SUGGESTIONS);
  return { ok: false, sentence: stumble.sentence, suggestions };
}

/** A prefix, or leaving the word out, is nearer than any misspelling. */
function nearness(typed: string, word: string): number {
  return word === '' || word.startsWith(typed) ? 0 : editDistance(typed, word);
}
