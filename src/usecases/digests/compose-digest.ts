import { compareText, type Nanos, sumNanos } from '../../core/base/money.js';
import { addDays, type DayRange, firstDay, monthOf, monthRange } from '../../core/base/time.js';
import { ageUnowned } from '../../core/claims/ageing.js';
import type {
  DigestFigures,
  DigestIdleSeats,
  DigestOutlook,
  DigestPeriod,
  DigestReader,
  DigestScope,
} from '../../core/digests/digest.js';
import {
  biggestCause,
  dearestModels,
  isQuietChange,
  moversOf,
  namesPerson,
  newcomersOf,
  toldNewcomers,
  withoutPeople,
} from '../../core/digests/figures.js';
import type { ChangeExplanation } from '../../core/explain/change.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import type { Settings } from '../../core/settings/settings.js';
import { forecastMonth } from '../budgets/forecast-spend.js';
import type { Context } from '../context.js';
import { explainSpendChange } from '../explain/explain-change.js';
import { listIdleSeats, type OwnedIdleSeat } from '../seats/list-idle-seats.js';
import { readSettings } from '../settings/read-settings.js';
import { readBooks } from './books.js';
import {
  type DigestBase,
  type DigestQuestion,
  readDigestBase,
  readGroups,
  scopeFilter,
} from './comparison.js';

/** A digest to work out. */
export interface DigestInput {
  readonly scope: DigestScope;
  readonly period: DigestPeriod;
  readonly reader: DigestReader;
}

/** What a digest about everything is called. */
const ALL_SPEND = 'All spend';

/**
 * Works a digest out: totals, the comparison of like with like, why it changed, where the month is heading. It may
 * write and roll back, as `explainSpendChange` does, so it belongs where the long writes are made.
 * @throws AppError `invalid` for a dimension that does not exist.
 */
export async function composeDigest(context: Context, input: DigestInput): Promise<DigestFigures> {
  const { settings } = await readSettings(context);
  const { scope, period, reader } = input;
  const question = { scope, period, currency: settings.currency };
  const base = await readDigestBase(context, question);
  const { comparison, total, previousTotal, bars, incomplete } = base;
  const namesPeople = mayNamePeople(reader, settings);
  const { range, grain, label } = period;
  return {
    title: scope === null ? ALL_SPEND : scope.owner,
    scope,
    reader,
    currency: settings.currency,
    grain,
    period: label,
    from: range.from,
    to: range.to,
    total,
    previousTotal,
    comparison,
    bars,
    incomplete,
    // A month is told in full whatever it changed: it comes once, and its books are due.
    isQuiet: grain === 'week' && isQuietChange(comparison, settings.materiality, settings.alerts),
    ...(await readChange(context, { base, question, namesPeople, isFinance: reader === 'finance' })),
    outlook: await readOutlook(context, question),
    monthToDate: await readMonthToDate(context, question),
    idle: await readIdleSeats(context, scope),
    ...(await readForStewards(context, { reader, question })),
    update: null,
  };
}

/**
 * Whether a digest may rank people: a channel's members are nobody in particular, so only FinOps's own channel and
 * a leader's direct messages may, and only where the policy lets them see it.
 */
function mayNamePeople(reader: DigestReader, { visibility }: Settings): boolean {
  const { people } = visibility;
  if (reader === 'finops') return people !== 'nobody';
  return reader === 'leader' && (people === 'finops-and-leaders' || people === 'managers');
}

async function readChange(
  context: Context,
  asked: {
    readonly base: DigestBase;
    readonly question: DigestQuestion;
    readonly namesPeople: boolean;
    readonly isFinance: boolean;
  },
): Promise<Pick<DigestFigures, 'cause' | 'change' | 'byModel' | 'movers' | 'newcomers' | 'newPeople'>> {
  const { base, namesPeople } = asked;
  const { currency } = asked.question;
  const { after, before } = base.comparison;
  const from = base.bars[0]?.from ?? before.from;
  const groups = await readGroups(context, base, { from, currency, isAll: asked.question.scope === null });
  const explained = await explainSpendChange(context, { where: base.comparedWhere, before, after, currency });
  const people = new Set([
    ...explained.people,
    ...groups
      .filter(({ by }) => by === 'person')
      .flatMap(({ current, previous, earlier }) => [...current, ...previous, ...earlier])
      .flatMap(({ values }) => values.slice(0, 1)),
  ]);
  const { before: was, after: is, delta, parts } = explained;
  const whole: ChangeExplanation = { before: was, after: is, delta, parts };
  const told = namesPeople ? whole : withoutPeople(whole, people);
  const visible = groups.filter(({ by }) => namesPeople || by !== 'person');
  const mayTell = (label: string): boolean => namesPeople || !namesPerson(label, people);
  const isTold = ({ label }: { label: string }): boolean => mayTell(label);
  const { newcomers, newPeople } = toldNewcomers(newcomersOf(groups), namesPeople);
  return {
    cause: biggestCause(whole, mayTell),
    ...(asked.isFinance ? { change: told } : {}),
    byModel: dearestModels(visible).filter(isTold),
    movers: moversOf(visible, whole).filter(isTold),
    newcomers: newcomers.filter(isTold),
    newPeople,
  };
}

/** The month of the period's last day, as it looks at the end of the period. */
async function readOutlook(
  context: Context,
  { scope, period, currency }: DigestQuestion,
): Promise<DigestOutlook | null> {
  const { range } = period;
  const month = monthOf(addDays(range.to, -1));
  const { total, known } = await forecastMonth(context, {
    where: scopeFilter(scope),
    today: range.to,
    currency,
  });
  if (known === 0n && total.expected === 0n) return null;
  const isOver = range.to >= monthRange(month).to;
  return { month, total, isOver, ...(await readPlan(context, { scope, month, currency })) };
}

async function readPlan(
  { store }: Context,
  asked: Pick<DigestQuestion, 'scope' | 'currency'> & { readonly month: DigestOutlook['month'] },
): Promise<Pick<DigestOutlook, 'plan' | 'isPlanWhole'>> {
  const { scope, month, currency } = asked;
  const dimension = scope?.dimension ?? 'team';
  const plans = (await store.listPlans({ from: month, to: month })).filter(
    (plan) =>
      plan.dimension === dimension &&
      plan.currency === currency &&
      (scope === null || plan.owner === scope.owner),
  );
  if (plans.length === 0) return { plan: null, isPlanWhole: false };
  const plan = sumNanos(plans.map(({ amount }) => amount));
  if (scope !== null) return { plan, isPlanWhole: true };
  const owners = await store.listOwners(dimension, monthRange(month), currency);
  const planned = new Set(plans.map(({ owner }) => owner));
  return { plan, isPlanWhole: owners.every(({ owner, cost }) => cost === 0n || planned.has(owner)) };
}

async function readMonthToDate(
  { store }: Context,
  { scope, period, currency }: DigestQuestion,
): Promise<Nanos> {
  const { to } = period.range;
  const range: DayRange = { from: firstDay(monthOf(addDays(to, -1))), to };
  return (await store.querySpend({ by: [], range, where: scopeFilter(scope), currency })).total;
}

/** Seats are known by team; another dimension's are nobody's. */
async function readIdleSeats(context: Context, scope: DigestScope): Promise<DigestIdleSeats | null> {
  if (scope !== null && scope.dimension !== 'team') return null;
  const { seats, idleDays } = await listIdleSeats(context);
  const own = seats.filter(({ team }) => scope === null || team === scope.owner);
  if (own.length === 0) return null;
  const services = [...countBy(own, ({ seat }) => seat.product)].map(([service, some]) => {
    return { service, seats: some.length };
  });
  return {
    seats: own.length,
    idleDays,
    services: services.toSorted((a, b) => b.seats - a.seats || compareText(a.service, b.service)),
    savings: savingsOf(own),
  };
}

function savingsOf(seats: readonly OwnedIdleSeat[]): DigestIdleSeats['savings'] {
  const priced = seats.flatMap(({ savingPerMonth: saving }) => (saving === null ? [] : [saving]));
  return [...countBy(priced, ({ currency }) => currency)]
    .map(([currency, some]) => ({ currency, perMonth: sumNanos(some.map(({ nanos }) => nanos)) }))
    .filter(({ perMonth }) => perMonth !== 0n)
    .toSorted((a, b) => compareText(a.currency, b.currency));
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** What is not for everybody: FinOps's unallocated and its claims, finance's books. */
async function readForStewards(
  context: Context,
  { reader, question }: { readonly reader: DigestReader; readonly question: DigestQuestion },
): Promise<Pick<DigestFigures, 'unallocated' | 'ageing' | 'books'>> {
  const { store, clock } = context;
  const { scope, period, currency } = question;
  const isMonth = period.grain === 'month';
  const books =
    reader === 'finance' && isMonth && scope === null ? { books: await readBooks(context, question) } : {};
  if (scope !== null || (reader !== 'finops' && reader !== 'finance')) return { unallocated: null, ...books };
  const where = [{ key: 'team', values: [UNALLOCATED] }];
  const { total } = await store.querySpend({ by: [], range: period.range, where, currency });
  const ageing = reader === 'finops' ? { ageing: ageUnowned(await store.listClaims(clock())) } : {};
  return { unallocated: total, ...ageing, ...books };
}
