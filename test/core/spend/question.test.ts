import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Day } from '../../../src/core/base/time.js';
import { comparablePeriod } from '../../../src/core/spend/periods.js';
import { readSpendQuestion } from '../../../src/core/spend/question.js';
import type { SpendVocabulary } from '../../../src/core/spend/vocabulary.js';

const vocabulary: SpendVocabulary = {
  today: '2026-11-18' as Day, // a Wednesday
  askedBy: 'ana@larkspur.example',
  dimensions: [
    { id: 'team', owners: ['Search', 'Support', 'Data Platform', 'Mobile'] },
    { id: 'product', owners: ['Helpdesk', 'Search'] },
    { id: 'cost-centre', owners: ['CC-100'] },
  ],
  values: {
    key: ['ci-nightly', 'search-prod'],
    model: ['claude-sonnet-4-5', 'gpt-5.1'],
    service: ['Claude Code', 'Cursor'],
    provider: ['Anthropic'],
    person: ['ana@larkspur.example', 'bo@larkspur.example'],
  },
};

function question(text: string) {
  const read = readSpendQuestion(text, vocabulary);
  if (!read.ok) throw new Error(`${text}: ${read.sentence}`);
  return read.question;
}

const before = (from: string, to: string) =>
  comparablePeriod({ from: from as Day, to: to as Day }, to as Day);

function refusal(text: string) {
  const read = readSpendQuestion(text, vocabulary);
  if (read.ok) throw new Error(`${text} was understood as ${JSON.stringify(read.question)}`);
  return read;
}

describe('a comparison', () => {
  it.each([
    ['search vs last month', { from: '2026-10-01', to: '2026-10-18' }], // as many days as have passed
    ['last month vs 2026-08', { from: '2026-08-01', to: '2026-09-01' }],
    ['2026-10 compared to oct 2025 by model', { from: '2025-10-01', to: '2025-11-01' }],
    ['last week versus 14d', { from: '2026-11-04', to: '2026-11-18' }],
    ['q3 against q2', { from: '2026-04-01', to: '2026-07-01' }],
    ['vs last week this week', { from: '2026-11-09', to: '2026-11-11' }],
  ])('of "%s" is with the period that is named', (text, against) => {
    expect(question(text)).toMatchObject({ against });
  });

  it('leaves the rest of the question as it is', () => {
    const { against, ...rest } = question('search last week vs last month by key');
    expect(rest).toEqual(question('search last week by key'));
    expect(against).toEqual({ from: '2026-10-01', to: '2026-11-01' });
  });

  it('with what is no period is refused with what would do', () => {
    expect(refusal('search vs mobile').sentence).toContain('not with "mobile"');
    expect(refusal('search vs').sentence).toContain('not with nothing');
    expect(refusal('search vs lst month').suggestions.length).toBeGreaterThan(0);
  });
});

describe('the top of something', () => {
  it.each([
    ['top people', { by: 'person', most: 10 }],
    ['top 5 keys last week', { by: 'key', most: 5 }],
    ['search top 3 models', { by: 'model', most: 3, scope: { dimension: 'team', owner: 'Search' } }],
    ['top keys search', { by: 'key', most: 10, scope: { dimension: 'team', owner: 'Search' } }],
    ['top 4', { by: 'team', most: 4 }],
  ])('is understood in "%s"', (text, expected) => {
    expect(question(text)).toMatchObject(expected);
  });
});

describe('the scope of a question', () => {
  it('is the whole company, this month, by team when nothing is said', () => {
    expect(question('')).toEqual({
      scope: null,
      range: { from: '2026-11-01', to: '2026-11-19' },
      rangeLabel: 'this month',
      by: 'team',
    });
  });

  it.each([
    ['search', { dimension: 'team', owner: 'Search' }, 'model'],
    ['team SEARCH', { dimension: 'team', owner: 'Search' }, 'model'],
    ['search team', { dimension: 'team', owner: 'Search' }, 'model'],
    ['product search', { dimension: 'product', owner: 'Search' }, 'service'],
    ['data platform', { dimension: 'team', owner: 'Data Platform' }, 'model'],
    ['"Data Platform"', { dimension: 'team', owner: 'Data Platform' }, 'model'],
    ['mob', { dimension: 'team', owner: 'Mobile' }, 'model'],
    ['data', { dimension: 'team', owner: 'Data Platform' }, 'model'],
    ['unallocated', { dimension: 'team', owner: 'Unallocated' }, 'model'],
    ['key ci-nightly', { key: 'key', value: 'ci-nightly' }, 'model'],
    ['model claude-son', { key: 'model', value: 'claude-sonnet-4-5' }, 'team'],
    ['claude code', { key: 'service', value: 'Claude Code' }, 'team'],
    ['vendor anthropic', { key: 'provider', value: 'Anthropic' }, 'team'],
    ['person bo@larkspur.example', { key: 'person', value: 'bo@larkspur.example' }, 'model'],
    ['me', { key: 'person', value: 'ana@larkspur.example' }, 'model'],
  ])('of "%s" is found', (text, scope, by) => {
    expect(question(text)).toMatchObject({ scope, by });
  });

  it('may stand anywhere among the other words', () => {
    const expected = question('search last week by key');
    for (const text of [
      'last week search by key',
      'by key for search in the last week',
      'By KEY last week Search',
    ])
      expect(question(text)).toEqual(expected);
  });

  it('leaves a dimension that is named alone to the grouping', () => {
    expect(question('models last month')).toMatchObject({
      scope: null,
      by: 'model',
      rangeLabel: 'last month',
    });
    expect(question('teams')).toMatchObject({ scope: null, by: 'team' });
  });
});

describe('the period of a question', () => {
  it.each([
    ['today', '2026-11-18', '2026-11-19'],
    ['yesterday', '2026-11-17', '2026-11-18'],
    ['7d', '2026-11-11', '2026-11-18'],
    ['last 14 days', '2026-11-04', '2026-11-18'],
    ['2 weeks', '2026-11-04', '2026-11-18'],
    ['this week', '2026-11-16', '2026-11-19'],
    ['last week', '2026-11-09', '2026-11-16'],
    ['mtd', '2026-11-01', '2026-11-19'],
    ['last month', '2026-10-01', '2026-11-01'],
    ['this quarter', '2026-10-01', '2026-11-19'],
    ['last quarter', '2026-07-01', '2026-10-01'],
    ['last year', '2025-01-01', '2026-01-01'],
    ['2026-10', '2026-10-01', '2026-11-01'],
    ['2026-10-05', '2026-10-05', '2026-10-06'],
    ['2026-10-01..2026-10-15', '2026-10-01', '2026-10-16'],
    ['2026-10-01 to 2026-10-15', '2026-10-01', '2026-10-16'],
    ['oct', '2026-10-01', '2026-11-01'],
    ['december', '2025-12-01', '2026-01-01'],
    ['oct 2025', '2025-10-01', '2025-11-01'],
    ['q3', '2026-07-01', '2026-10-01'],
    ['q4', '2026-10-01', '2027-01-01'],
    ['q2 2025', '2025-04-01', '2025-07-01'],
  ])('"%s" is read', (text, from, to) => {
    expect(question(text).range).toEqual({ from, to });
  });

  it('is compared with the same days of the month before, whole months with whole months, the rest with as many days', () => {
    expect(before('2026-11-01', '2026-11-19')).toEqual({ from: '2026-10-01', to: '2026-10-19' });
    expect(before('2026-03-01', '2026-03-31')).toEqual({ from: '2026-02-01', to: '2026-03-01' });
    expect(before('2026-10-01', '2026-11-01')).toEqual({ from: '2026-09-01', to: '2026-10-01' });
    expect(before('2026-07-01', '2026-10-01')).toEqual({ from: '2026-04-01', to: '2026-07-01' });
    expect(before('2026-11-09', '2026-11-16')).toEqual({ from: '2026-11-02', to: '2026-11-09' });
  });
});

describe('a question that makes no sense', () => {
  it('names the word and offers the nearest texts that work', () => {
    const read = refusal('serch last week by model');
    expect(read.sentence).toContain('"serch"');
    expect(read.suggestions[0]).toBe('/spend search last week by model');
  });

  it.each([
    ['search by modell', '"modell"', '/spend search by model'],
    ['s', '"s" could be', '/spend search'],
    ['team serch', '"serch"', '/spend team search'],
    ['search mobile', 'One name at a time', '/spend search'],
    ['las week', '"las"', '/spend last week'],
    ['2027-01', 'has not begun', '/spend search last week'],
    ['search by', 'By what', '/spend'],
  ])('"%s" is answered with a way out', (text, sentence, suggestion) => {
    const read = refusal(text);
    expect(read.sentence).toContain(sentence);
    expect(read.suggestions).toContainEqual(expect.stringMatching(new RegExp(`^${suggestion}`)));
  });

  it('without an e-mail address "me" is refused with the reason', () => {
    const read = readSpendQuestion('me', { ...vocabulary, askedBy: null });
    expect(!read.ok && read.sentence).toContain('e-mail');
  });

  it('any words at all get an answer, and every suggestion works', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'search',
        'by',
        'model',
        'last',
        'week',
        'data',
        'key',
        'to',
        '2026-10-01',
        'oct',
        'me',
        's',
      ),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const read = readSpendQuestion(words.join(' '), vocabulary);
        const sound = read.ok
          ? read.question.range.from < read.question.range.to
          : read.suggestions.length > 0 &&
            read.suggestions.every((suggestion) => readSpendQuestion(suggestion, vocabulary).ok);
        expect(sound).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
