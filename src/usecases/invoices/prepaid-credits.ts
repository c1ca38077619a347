import { compareText, type Nanos } from '../../core/base/money.js';
import { addDays, type Day, utcDay } from '../../core/base/time.js';
import type { StoredInvoice } from '../../core/invoices/invoice.js';
import {
  drawsOnInvoices,
  expiryInvoice,
  grantsOf,
  isExpiry,
  type PrepaidAccount,
  type PrepaidDraw,
  prepaidAccount,
} from '../../core/invoices/prepaid.js';
import type { Context } from '../context.js';

/** Who pays for what nobody used, when the configuration names nobody. */
const NOBODY_NAMED = 'Expired credits';

/** What is left of the prepaid value at one vendor. */
export interface VendorCredits extends PrepaidAccount {
  readonly source: string;
  readonly currency: string;
}

/** The prepaid accounts of all sources that have bought value ahead, as of today. */
export async function listCredits(context: Context): Promise<readonly VendorCredits[]> {
  const invoices = await context.store.listInvoices(null);
  const today = utcDay(context.clock());
  const keys = new Map(
    invoices.map(({ source, currency }) => [`${source}|${currency}`, { source, currency }]),
  );
  const accounts: VendorCredits[] = [];
  for (const { source, currency } of keys.values()) {
    const own = invoices.filter(
      (each) => each.source === source && each.currency === currency && !isExpiry(each),
    );
    const grants = grantsOf(own);
    const [first] = grants;
    if (first === undefined) continue;
    const days = { from: first.boughtOn, to: addDays(today, 1) };
    const draws = await drawsOf(context, own, { source, currency, days });
    accounts.push({ source, currency, ...prepaidAccount(grants, draws, today) });
  }
  return accounts.toSorted((a, b) => compareText(a.source, b.source));
}

/** What invoices say was taken from the prepaid value; where none says so, every day's usage takes from it. */
async function drawsOf(
  { store }: Context,
  invoices: readonly StoredInvoice[],
  of: { source: string; currency: string; days: { from: Day; to: Day } },
): Promise<readonly PrepaidDraw[]> {
  const named = drawsOnInvoices(invoices);
  if (named.length > 0) return named;
  if (of.days.from >= of.days.to) return [];
  const sets = (await store.listSets()).filter(
    ({ set }) => set.attributes.source === of.source && set.attributes.chargeCategory === 'Usage',
  );
  const cells = await store.listSetDays(
    of.days,
    sets.map(({ setId }) => setId),
  );
  const byDay = new Map<Day, Nanos>();
  for (const { day, currency, effectiveCost } of cells)
    if (currency === of.currency) byDay.set(day, (byDay.get(day) ?? 0n) + effectiveCost);
  return [...byDay].map(([day, amount]) => ({ day, amount })).filter(({ amount }) => amount > 0n);
}

/** Writes off what has expired, in the month in which it did; what is written off already stays as it is. */
export async function writeOffExpired(context: Context): Promise<void> {
  const { store, company, clock } = context;
  const accounts = await listCredits(context);
  const owner = company.credits?.owner ?? NOBODY_NAMED;
  const written = new Set(
    (await store.listInvoices(null)).filter(isExpiry).map(({ invoiceId }) => invoiceId),
  );
  const invoices = accounts
    .flatMap(({ grants }) => grants)
    .flatMap((grant) => expiryInvoice(grant, owner) ?? [])
    .filter(({ issuedOn }) => issuedOn <= utcDay(clock()))
    .filter(({ lines, invoiceId }) => written.has(invoiceId) || lines.some(({ amount }) => amount !== 0n));
  if (invoices.length > 0)
    await store.putInvoices({ invoices, actor: { kind: 'system', name: 'jobs' }, atMs: clock() });
}
