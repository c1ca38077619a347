import type { MonthSet } from '../../core/allocation/allocation.js';
import type { MonthInput } from '../../core/allocation/evaluate-month.js';
import { headMeasure } from '../../core/allocation/weights.js';
import { type Month, monthOf, monthRange } from '../../core/base/time.js';
import { BILLED_VENDORS } from '../../core/gateways/vendor-use.js';
import {
  type RecordedWeights,
  readRecordedMeasure,
  recordedTotals,
  recordedWeights,
} from '../../core/gateways/weights.js';
import { HEADCOUNT, type MeasureTotals } from '../../core/ledger/measure.js';
import type { DirectoryData } from '../../core/people/data.js';
import { createDirectory, type Directory } from '../../core/people/directory.js';
import { HEAD_KINDS, headcount } from '../../core/people/headcount.js';
import { dividesMoney, measuresUsed } from '../../core/rules/dependencies.js';
import type { Ruleset } from '../../core/rules/rule.js';
import type { Context } from '../context.js';

/** The company as its months are allocated: read once for many months. */
export interface Company {
  readonly data: DirectoryData;
  readonly directory: Directory;
}

/** Reads the directory. */
export async function readCompany({ store }: Context): Promise<Company> {
  const data = await store.directory();
  return { data, directory: createDirectory(data) };
}

/**
 * Reads what the allocation of a month follows from, but for the rules. Charges and measures are only read where
 * one of the rulesets splits money: other months are allocated without looking at a single charge.
 * @param by.sets ids of the sets to read; all without it. Not where a ruleset splits money: that takes all sets.
 */
export async function readMonth(
  context: Context,
  month: Month,
  by: ReadBy,
): Promise<Omit<MonthInput, 'ruleset'>> {
  const { store } = context;
  const sets = await store.listMonthSets(month, by.sets);
  const real = new Set(sets.flatMap(({ priorDay }) => (priorDay === undefined ? [] : monthOf(priorDay))));
  const earlier = [];
  for (const each of [...real].toSorted()) {
    // Without splits nothing that the month had in time bears on what came late.
    const own = by.rulesets.some(dividesMoney) ? await store.listMonthSets(each) : [];
    earlier.push(await readOwn(context, each, own, by));
  }
  return { ...(await readOwn(context, month, sets, by)), earlier };
}

interface ReadBy {
  readonly rulesets: readonly Ruleset[];
  readonly company: Company;
  readonly sets?: ReadonlySet<number>;
}

/** The month's own facts with all that came after it was locked. */
async function readOwn(
  { store }: Context,
  month: Month,
  sets: readonly MonthSet[],
  by: ReadBy,
): Promise<Omit<MonthInput, 'ruleset' | 'earlier'>> {
  const late = await store.listLateMoney(month);
  const wanted = by.sets === undefined ? late : late.filter(({ setId }) => by.sets?.has(setId));
  const facts = { month, sets, directory: by.company.directory, late: wanted };
  if (!by.rulesets.some(dividesMoney)) return facts;
  const used = new Set(by.rulesets.flatMap((ruleset) => [...measuresUsed(ruleset)]));
  const measures = new Map(await store.measureTotals(month, [...used]));
  if (used.has(HEADCOUNT) && !measures.has(HEADCOUNT))
    for (const kind of HEAD_KINDS) measures.set(headMeasure(kind), headcount(by.company.data, month, kind));
  const { recorded, totals } = await readRecorded(store, month, used);
  for (const [name, amounts] of totals) measures.set(name, amounts);
  const money = await store.listMonthMoney(month);
  return { ...facts, money, measures, ...(recorded !== null && { recorded }) };
}

/** Token records of the sources whose measures are used, beside the tokens of the month's charges. */
async function readRecorded(
  store: Context['store'],
  month: Month,
  used: ReadonlySet<string>,
): Promise<{ readonly recorded: RecordedWeights | null; readonly totals: MeasureTotals }> {
  const names = [...used].flatMap((name) => {
    const named = readRecordedMeasure(name);
    return named === null ? [] : [{ name, ...named }];
  });
  const range = monthRange(month);
  const all = names.length === 0 ? [] : await store.listTokenUses(range);
  const bySource = (source: string) => all.filter((use) => use.source === source);
  const recordedNames = names.filter(({ source }) => bySource(source).length > 0);
  const totals = new Map(
    recordedNames.map(({ name, source, tag }) => [name, recordedTotals(bySource(source), tag)]),
  );
  if (recordedNames.length === 0) return { recorded: null, totals };
  const uses = [...new Set(recordedNames.map(({ source }) => source))].flatMap(bySource);
  const facts = await store.listTokenFacts(range, Object.keys(BILLED_VENDORS));
  return { recorded: recordedWeights(uses, facts), totals };
}
