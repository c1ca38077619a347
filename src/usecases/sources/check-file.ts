import { AppError } from '../../core/base/errors.js';
import { type Month, monthOf } from '../../core/base/time.js';
import type { Charge, ReplaceScope } from '../../core/ledger/charge.js';
import {
  type BillCell,
  byAccountAndMonth,
  compareBills,
  isSameBill,
  placeOf,
} from '../../core/ledger/held-bill.js';
import type { Provider, Pull } from '../../providers/provider.js';
import type { Context } from '../context.js';

/** A file holds a bill that the ledger has under the name of another source. */
export class SameBillElsewhere extends AppError {
  readonly heldBy: string;
  constructor(heldBy: string, sentence: string) {
    super('invalid', sentence);
    this.heldBy = heldBy;
  }
}

/** A file about to be published. */
type CheckedFile = Pick<Provider, 'source' | 'kind'> & Pick<Pull, 'scope' | 'charges'>;

/**
 * Compares a file with what the ledger holds of the same accounts, months and days, before it takes its place. Answers
 * sentences about what goes; a feed, which is followed, is not checked.
 * @throws AppError `invalid` for an older or smaller file, or another part of an export, unless it `mayReplace`;
 * SameBillElsewhere when a file of another source holds the same bill.
 */
export async function checkFile(
  context: Context,
  { source, kind, file: checked }: Provider,
  { scope, charges }: Pick<Pull, 'scope' | 'charges'>,
): Promise<readonly string[]> {
  if (checked === undefined) return [];
  const file: CheckedFile = { source, kind, scope, charges };
  const brought = byAccountAndMonth(
    file.charges.map(({ bill, chargeDay, ...charge }) => {
      return { ...charge, day: chargeDay, currency: bill.billingCurrency };
    }),
  );
  const held = await heldCells(context, file);
  await refuseSecondName(context, { file, held, brought });
  const own = held.get(file.source) ?? [];
  const remarks: string[] = [];
  for (const [key, cells] of byAccountAndMonth(own.filter((cell) => isReplaced(cell, file.scope)))) {
    const change = compareBills(cells, brought.get(key) ?? []);
    if (change.kind === 'fits') remarks.push(...(change.remark === null ? [] : [change.remark]));
    else if (!checked.mayReplace) throw new AppError('invalid', change.sentence);
    else remarks.push(`${placeOf(cells)}: what the ledger had went, and the file took its place.`);
  }
  return remarks;
}

/** What sources of files hold in the months of the file, by source; of others than its own only under its accounts. */
async function heldCells(
  { store }: Context,
  { source, kind, charges, scope }: CheckedFile,
): Promise<ReadonlyMap<string, readonly BillCell[]>> {
  const feeds = (await store.listFeeds()).filter((feed) => feed.source === source || feed.kind === kind);
  const names = new Set(feeds.map((feed) => feed.source));
  if (names.size === 0) return new Map();
  const accounts = new Set(charges.map(({ set }) => set.attributes.billingAccountId));
  const sets = new Map(
    (await store.listSets())
      .filter(({ set: { attributes } }) => {
        const own = attributes.source === source;
        return names.has(attributes.source ?? '') && (own || accounts.has(attributes.billingAccountId));
      })
      .map(({ setId, set }) => [setId, set] as const),
  );
  if (sets.size === 0) return new Map();
  const found = new Map<string, BillCell[]>();
  for (const month of monthsOf(charges, scope))
    for (const { setId, ...cell } of await store.listMonthMoney(month)) {
      const set = sets.get(setId);
      const owner = set?.attributes.source;
      if (set === undefined || owner === undefined) continue;
      found.set(owner, [...(found.get(owner) ?? []), { ...cell, set }]);
    }
  return found;
}

function monthsOf(charges: readonly Charge[], scope: ReplaceScope): readonly Month[] {
  const billed =
    scope.kind === 'billing-periods' ? scope.periods.map(({ billingPeriod }) => billingPeriod) : [];
  return [...new Set([...billed, ...charges.map(({ chargeDay }) => monthOf(chargeDay))])].toSorted();
}

/** Whether the file replaces this cell; corrections of closed months, which stand in later ones, are left alone. */
function isReplaced({ day, set }: BillCell, scope: ReplaceScope): boolean {
  if (scope.kind === 'charge-days') return scope.from <= day && day < scope.to;
  const account = set.attributes.billingAccountId;
  return scope.periods.some(
    ({ billingAccountId, billingPeriod }) => billingAccountId === account && billingPeriod === monthOf(day),
  );
}

async function refuseSecondName(
  { store }: Context,
  {
    file: { source, kind },
    held,
    brought,
  }: {
    readonly file: CheckedFile;
    readonly held: ReadonlyMap<string, readonly BillCell[]>;
    readonly brought: ReadonlyMap<string, readonly BillCell[]>;
  },
): Promise<void> {
  const alike = new Set(
    (await store.listFeeds()).filter((feed) => feed.kind === kind).map((feed) => feed.source),
  );
  for (const [other, cells] of held) {
    if (other === source || !alike.has(other)) continue;
    for (const [key, group] of byAccountAndMonth(cells))
      if (isSameBill(group, brought.get(key) ?? []))
        throw new SameBillElsewhere(
          other,
          `the ledger has the same bill (${placeOf(group)}) as source "${other}": import the file with --source ${other}, so that it takes its place and nothing counts twice.`,
        );
  }
}
