import { AppError } from '../../core/base/errors.js';
import { addDays, addMonths, dayIn, type Month, monthOf, monthRange } from '../../core/base/time.js';
import {
  type ChecklistItem,
  type MonthClose,
  ownersItem,
  unallocatedItem,
} from '../../core/close/checklist.js';
import type { CurrencyCost, MonthRecord } from '../../core/close/month.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { incompleteFeeds } from '../../core/spend/report.js';
import type { SpendRow } from '../../core/spend/spend.js';
import type { Context } from '../context.js';
import { tieInvoices } from '../invoices/tie-invoices.js';
import { readSettings } from '../settings/read-settings.js';
import { currentProviders } from '../sources/current-providers.js';
import { spendByCurrency } from '../spend/spend-by-currency.js';

/** The feeds of bills from files: each ends with its file, which is whole once its invoice is issued. */
const FILE_KIND = 'focus-file';

/** Every month with charges, and how far its close has come, ascending. */
export async function listMonths(context: Context): Promise<readonly MonthRecord[]> {
  return context.store.listMonthRecords();
}

/** The month whose invoices have come in last: the one before this. */
export function monthInvoiced({ company, clock }: Pick<Context, 'company' | 'clock'>): Month {
  return addMonths(monthOf(dayIn(company.timeZone, clock())), -1);
}

/** The month whose close is due: the first one that is over and not locked, else the one before this. */
export async function monthToClose(context: Context): Promise<Month> {
  const thisMonth = monthOf(dayIn(context.company.timeZone, context.clock()));
  const records = await context.store.listMonthRecords();
  const due = records.find(({ month, stage }) => stage !== 'locked' && month < thisMonth);
  return due?.month ?? addMonths(thisMonth, -1);
}

/**
 * Works the checklist of a month out: feeds complete through its end, invoices tied, unallocated below materiality,
 * owners signed.
 * @throws AppError `not-found` when the ledger holds no charges of that month.
 */
export async function checkMonth(context: Context, input: { readonly month: Month }): Promise<MonthClose> {
  const { store, company } = context;
  const { month } = input;
  if (!(await store.listMonths()).includes(month))
    throw new AppError('not-found', `The ledger holds no charges of ${month}.`);
  const { stage, signOffs, unlockRequest } = await store.findMonthRecord(month);
  const costs = await monthCosts(context, month);
  const items: readonly ChecklistItem[] = [
    await feedsItem(context, month),
    await invoicesItem(context, month),
    unallocatedItem(
      costs.map(({ currency, total, byTeam }) => {
        return { currency, total, unallocated: byTeam.get(UNALLOCATED) ?? 0n };
      }),
      (await readSettings(context)).settings.materiality,
    ),
    ...(await missingRates(context, month)),
    ownersItem(teamCosts(costs), signOffs),
  ];
  const total = costs.find(({ currency }) => currency === company.currency)?.total ?? 0n;
  return { month, stage, currency: company.currency, total, items, unlockRequest };
}

/** What each team spent in the month, in every currency; teams that spent nothing are left out. */
export async function teamsOfMonth(
  context: Context,
  month: Month,
): Promise<ReadonlyMap<string, readonly CurrencyCost[]>> {
  return teamCosts(await monthCosts(context, month));
}

interface MonthCost {
  readonly currency: string;
  readonly total: bigint;
  readonly byTeam: ReadonlyMap<string, bigint>;
}

/** By currency, the company's own first. */
async function monthCosts({ store, company }: Context, month: Month): Promise<readonly MonthCost[]> {
  const ask = (currency: string) =>
    store.querySpend({ by: ['team'], range: monthRange(month), where: [], currency, isNative: true });
  const own = await ask(company.currency);
  const answers = [own];
  for (const { currency } of own.otherCurrencies) answers.push(await ask(currency));
  return answers.map(({ currency, total, rows }) => ({ currency, total, byTeam: byTeam(rows) }));
}

function byTeam(rows: readonly SpendRow[]): ReadonlyMap<string, bigint> {
  return new Map(rows.map(({ values, cost }) => [values[0] ?? '', cost]));
}

function teamCosts(costs: readonly MonthCost[]): ReadonlyMap<string, readonly CurrencyCost[]> {
  const teams = new Map<string, CurrencyCost[]>();
  for (const { currency, byTeam } of costs) {
    for (const [team, cost] of byTeam) {
      if (team === UNALLOCATED || cost === 0n) continue;
      teams.set(team, [...(teams.get(team) ?? []), { currency, cost }]);
    }
  }
  return new Map([...teams].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function missingRates(context: Context, month: Month): Promise<readonly ChecklistItem[]> {
  const [own, ...others] = await spendByCurrency(context, { by: [], range: monthRange(month) });
  if (own === undefined || others.length === 0) return [];
  const missing = others.map(({ currency, total }) => ({ currency, cost: total }));
  return [{ kind: 'rates', done: false, into: own.currency, missing }];
}

/** Sources that are configured or have charges in the month; one that has ended long ago holds nothing up. */
async function feedsItem(context: Context, month: Month): Promise<ChecklistItem> {
  const { store, company } = context;
  const providers = await currentProviders(context);
  const range = monthRange(month);
  const { rows } = await store.querySpend({
    by: ['source'],
    range,
    where: [],
    currency: company.currency,
  });
  const concerned = new Set([
    ...providers.map(({ source }) => source),
    ...rows.flatMap(({ values }) => values),
  ]);
  const unfinished = await unissuedBills(context, month, new Set(rows.flatMap(({ values }) => values)));
  const feeds = (await store.listFeeds()).filter(
    ({ source, kind }) => concerned.has(source) && (kind !== FILE_KIND || unfinished.has(source)),
  );
  const never = providers.filter(
    ({ source, kind }) => kind !== FILE_KIND && !feeds.some((feed) => feed.source === source),
  );
  const behind = [
    ...incompleteFeeds(feeds, addDays(range.to, -1)),
    ...never.map(({ source }) => ({ source, completeThrough: null })),
  ];
  return { kind: 'feeds', done: behind.length === 0, behind };
}

/** Sources with charges in the month whose bill is not all issued: a file of theirs may end before the month does. */
async function unissuedBills(
  { store }: Context,
  month: Month,
  charged: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const bills = (await store.listInvoiceTotals(month)).filter(({ source }) => charged.has(source));
  const open = bills.filter(({ invoiceId }) => invoiceId === null).map(({ source }) => source);
  const known = new Set(bills.map(({ source }) => source));
  return new Set([...open, ...[...charged].filter((source) => !known.has(source))]);
}

async function invoicesItem(context: Context, month: Month): Promise<ChecklistItem> {
  const { store } = context;
  const invoices = await store.listInvoiceTotals(month);
  const isStale = (await store.listStaleMonths()).some((stale) => stale.month === month);
  const untied = invoices.filter(
    ({ billed, allocatedBilled, unallocatedBilled }) => billed !== allocatedBilled + unallocatedBilled,
  ).length;
  const { tieOuts } = await tieInvoices(context, { period: month });
  const differing = tieOuts
    .filter(({ residual, tolerance }) => residual > tolerance || -residual > tolerance)
    .map(({ invoice: { source, invoiceId, currency }, residual }) => {
      return { source, invoiceId, residual, currency };
    });
  return {
    kind: 'invoices',
    done: untied === 0 && !isStale && differing.length === 0,
    invoices: invoices.length,
    untied: isStale ? invoices.length : untied,
    notIssued: invoices.filter(({ invoiceId }) => invoiceId === null).length,
    ...(differing.length === 0 ? {} : { differing }),
  };
}
