import { mayRankPeople, type Viewer } from '../../core/access/visibility.js';
import {
  addDays,
  addMonths,
  type Day,
  type DayRange,
  dayIn,
  firstDay,
  monthOf,
  parseDay,
} from '../../core/base/time.js';
import { DEFAULT_DIMENSIONS } from '../../core/rules/rule.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { takeAsIs } from '../../core/spend/as-is.js';
import { comparablePeriod } from '../../core/spend/periods.js';
import { type ReadQuestion, readSpendQuestion } from '../../core/spend/question.js';
import {
  grainOf,
  incompleteFeeds,
  lastCompleteDay,
  reportLines,
  stackSeries,
  timeLines,
} from '../../core/spend/report.js';
import type {
  SpendAnswer,
  SpendFilter,
  SpendKey,
  SpendQuery,
  SpendQuestion,
  SpendReport,
} from '../../core/spend/spend.js';
import type { SpendVocabulary } from '../../core/spend/vocabulary.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';
import { askInstead, mayAsk } from './may-ask.js';
import { spendAsIs } from './spend-as-is.js';

export type SpendAnswerToText =
  | { readonly kind: 'report'; readonly report: SpendReport }
  /** A clear sentence about what was not understood, and near misses to offer (whole `/spend` texts). */
  | { readonly kind: 'not-understood'; readonly sentence: string; readonly suggestions: readonly string[] }
  /** Why this is not for the viewer, and what they may ask instead. */
  | { readonly kind: 'refused'; readonly sentence: string; readonly suggestions: readonly string[] };

/** Built-in keys that may be named in a question, in order of precedence. */
const NAMED_KEYS: readonly SpendKey[] = [
  'service',
  'provider',
  'model',
  'key',
  'person',
  'sub-account',
  'source',
];
const VOCABULARY_MONTHS = 13;

/**
 * Answers the text of `/spend`: nothing at all means the whole company, this month, by team. With `as-is` in it the
 * past is re-cast under today's organisation, which is heavy: not for the thread that answers Slack. `viewer` null:
 * nothing is kept from anyone who asks.
 */
export async function showSpend(
  given: Context,
  input: { readonly text: string; readonly askedBy: string | null; readonly viewer: Viewer | null },
): Promise<SpendAnswerToText> {
  const { currency } = (await readSettings(given)).settings;
  const context = { ...given, company: { ...given.company, currency } };
  const today = dayIn(context.company.timeZone, context.clock());
  const owners = await ownerVocabulary(context, today, input.askedBy);
  const { text, asIs } = takeAsIs(input.text);
  // Most questions name a team or nobody; the names of keys, models and people are only fetched for the rest.
  const first = readSpendQuestion(text, owners);
  const { viewer } = input;
  const read = first.ok ? first : await readByName(context, text, { owners, viewer });
  if (!read.ok) return { kind: 'not-understood', sentence: read.sentence, suggestions: read.suggestions };
  const verdict = viewer === null ? { ok: true as const } : await mayAsk(context, viewer, read.question);
  if (viewer !== null && !verdict.ok)
    return { kind: 'refused', sentence: verdict.sentence, suggestions: askInstead(viewer) };
  return { kind: 'report', report: await reportOn(context, read.question, { today, asIs }) };
}

/**
 * Reads a question that needs the names of keys, models and people. What is not understood is answered with names
 * that are near: those of other people only to anyone who may see them.
 */
async function readByName(
  context: Context,
  text: string,
  { owners, viewer }: { readonly owners: SpendVocabulary; readonly viewer: Viewer | null },
): Promise<ReadQuestion> {
  const full = await fullVocabulary(context, owners);
  const read = readSpendQuestion(text, full);
  if (read.ok || viewer === null) return read;
  const { visibility } = (await readSettings(context)).settings;
  if (mayRankPeople(viewer, visibility, { scope: null, teamOf: () => null }).ok) return read;
  const person = (full.values.person ?? []).filter((name) => name === full.askedBy);
  return readSpendQuestion(text, { ...full, values: { ...full.values, person } });
}

async function ownerVocabulary(
  { store, company }: Context,
  today: Day,
  askedBy: string | null,
): Promise<SpendVocabulary> {
  const { ruleset } = await store.currentRuleset();
  const directory = await store.directory();
  const ids = [...new Set([...DEFAULT_DIMENSIONS, ...ruleset.dimensions.map((dimension) => dimension.id)])];
  const dimensions = [];
  for (const id of ids) {
    const spending = await store.listOwners(id, vocabularyRange(today), company.currency);
    const teams = id === 'team' ? directory.teams.map((team) => team.name) : [];
    dimensions.push({ id, owners: [...new Set([...spending.map(({ owner }) => owner), ...teams])] });
  }
  return {
    today,
    askedBy: askedBy === null ? null : canonicalEmail(directory.people, askedBy),
    dimensions,
    values: {},
  };
}

/** The address under which HR knows someone, so that `me` finds them by any alias. */
function canonicalEmail(
  people: readonly { readonly email: string; readonly aliases: readonly string[] }[],
  email: string,
): string {
  const address = email.toLowerCase();
  return people.find((person) => person.aliases.includes(address))?.email ?? address;
}

async function fullVocabulary(
  { store, company }: Context,
  owners: SpendVocabulary,
): Promise<SpendVocabulary> {
  const range = vocabularyRange(owners.today);
  const values: Partial<Record<SpendKey, readonly string[]>> = {};
  for (const key of NAMED_KEYS) {
    const { rows } = await store.querySpend({ by: [key], range, where: [], currency: company.currency });
    values[key] = reportOrder(rows);
  }
  return { ...owners, values };
}

function reportOrder(
  rows: readonly { readonly values: readonly string[]; readonly cost: bigint }[],
): string[] {
  return rows
    .toSorted((a, b) => (a.cost > b.cost ? -1 : a.cost < b.cost ? 1 : 0))
    .flatMap((row) => row.values.slice(0, 1));
}

function vocabularyRange(today: Day): DayRange {
  return { from: firstDay(addMonths(monthOf(today), 1 - VOCABULARY_MONTHS)), to: addDays(today, 1) };
}

/** Works the report of an understood question out. */
async function reportOn(
  context: Context,
  question: SpendQuestion,
  { today, asIs }: { readonly today: Day; readonly asIs: boolean },
): Promise<SpendReport> {
  const { store, company } = context;
  const { range, by } = question;
  const grain = grainOf(range);
  const overTime = by === 'day' || by === 'month';
  const timeKey = grain === 'month' ? 'month' : 'day';
  const ask = (keys: readonly string[], over: DayRange): SpendQuery => ({
    by: keys,
    range: over,
    where: filterOf(question),
    currency: company.currency,
  });
  const answer = (query: SpendQuery): Promise<SpendAnswer> =>
    asIs ? spendAsIs(context, { query, asOf: today }) : store.querySpend(query);
  const previousRange = question.against ?? comparablePeriod(range, today);
  const [current, previous, detail, feeds] = await Promise.all([
    answer(ask([by], range)),
    answer(ask([by], previousRange)),
    answer(ask(overTime ? [timeKey] : [by, timeKey], range)),
    store.listFeeds(),
  ]);
  const completeThrough = lastCompleteDay(feeds, today);
  const costs = detail.rows.map(({ values, cost }) => ({
    label: overTime ? 'Total' : (values[0] ?? UNALLOCATED),
    day: dayOf(values.at(-1) ?? '', range),
    cost,
  }));
  const { lines, more } = overTime
    ? timeLines(current.rows, question.most)
    : reportLines(current.rows, previous.rows, question.most);
  const last = addDays(range.to < today ? range.to : today, -1);
  return {
    question,
    ...(asIs ? { asIs: today } : {}),
    currency: company.currency,
    total: current.total,
    previousRange,
    previousTotal: previous.total,
    lines,
    more,
    chart: stackSeries(costs, { range, grain, currency: company.currency, completeThrough }),
    incomplete: incompleteFeeds(feeds, last),
    otherCurrencies: current.otherCurrencies,
  };
}

function filterOf({ scope }: SpendQuestion): readonly SpendFilter[] {
  if (scope === null) return [];
  return 'dimension' in scope
    ? [{ key: scope.dimension, values: [scope.owner] }]
    : [{ key: scope.key, values: [scope.value] }];
}

/** The day of a `day` or `month` value; a month that began before the range counts from its first day. */
function dayOf(value: string, range: DayRange): Day {
  const day = parseDay(value.length === 7 ? `${value}-01` : value);
  return day < range.from ? range.from : day;
}
