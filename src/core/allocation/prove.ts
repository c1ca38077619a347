import { AppError } from '../base/errors.js';
import { compareText, formatNanos } from '../base/money.js';
import type { ConservationGroup, ConservationProof, CurrencyTotals } from './allocation.js';

const MAX_NAMED = 3;

/**
 * Proves that in every (invoice, day, currency) the allocations of a dimension add up to the ledger, to the nano,
 * effective and billed.
 * @throws AppError `bug` naming the first groups that differ.
 */
export function proveConservation(
  dimension: string,
  groups: readonly ConservationGroup[],
): Pick<ConservationProof, 'dimension' | 'groups' | 'totals'> {
  const broken = groups.filter(
    ({ ledger, allocated }) => ledger.effective !== allocated.effective || ledger.billed !== allocated.billed,
  );
  if (broken.length > 0) throw new AppError('bug', brokenSentence(dimension, broken));
  const totals = new Map<string, CurrencyTotals>();
  for (const { currency, ledger, owned } of groups) {
    const before = totals.get(currency);
    totals.set(currency, {
      currency,
      ledger: ledger.effective + (before?.ledger ?? 0n),
      allocated: owned + (before?.allocated ?? 0n),
      unallocated: ledger.effective - owned + (before?.unallocated ?? 0n),
    });
  }
  const byCurrency = [...totals.values()].toSorted((a, b) => compareText(a.currency, b.currency));
  return { dimension, groups: groups.length, totals: byCurrency };
}

function brokenSentence(dimension: string, broken: readonly ConservationGroup[]): string {
  const named = broken.slice(0, MAX_NAMED).map((group) => {
    const { invoice, day, currency } = group;
    // Named by the cost that differs; only where effective cost is right, by billed.
    const cost = group.ledger.effective === group.allocated.effective ? 'billed' : 'effective';
    const [ledger, allocated] = [group.ledger[cost], group.allocated[cost]].map(formatNanos);
    return `invoice ${invoice} on ${day}: ledger ${ledger}, allocated ${allocated} ${currency} ${cost}`;
  });
  const more = broken.length - named.length;
  return `Dimension ${dimension} does not conserve its money (${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}).`;
}
