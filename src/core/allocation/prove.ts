import { AppError } from '../errors.js';
import { compareText, formatNanos, type Nanos } from '../money.js';
import type { ConservationGroup } from './allocation.js';

/** What was proved: how many groups were equal, and their sums per currency, by currency code. */
export interface Conservation {
  readonly groups: number;
  readonly totals: readonly {
    readonly currency: string;
    readonly ledger: Nanos;
    /** Everything given out, Unallocated included. */
    readonly allocated: Nanos;
  }[];
}

const MAX_NAMED = 3;

/**
 * Proves that in every (invoice, day, currency) the allocations add up to the ledger, to the nano.
 * @throws AppError `bug` naming the first groups that differ.
 */
export function proveConservation(groups: Iterable<ConservationGroup>): Conservation {
  const totals = new Map<string, { ledger: Nanos; allocated: Nanos }>();
  const broken: ConservationGroup[] = [];
  let count = 0;
  for (const group of groups) {
    count += 1;
    if (group.ledger !== group.allocated) broken.push(group);
    const total = totals.get(group.currency) ?? { ledger: 0n, allocated: 0n };
    total.ledger += group.ledger;
    total.allocated += group.allocated;
    totals.set(group.currency, total);
  }
  if (broken.length > 0) throw new AppError('bug', brokenSentence(broken));
  const byCurrency = [...totals].toSorted(([a], [b]) => compareText(a, b));
  return { groups: count, totals: byCurrency.map(([currency, total]) => ({ currency, ...total })) };
}

function brokenSentence(broken: readonly ConservationGroup[]): string {
  const named = broken
    .slice(0, MAX_NAMED)
    .map(
      ({ invoice, day, currency, ledger, allocated }) =>
        `invoice ${invoice} on ${day}: ledger ${formatNanos(ledger)}, allocated ${formatNanos(allocated)} ${currency}`,
    );
  const more = broken.length - named.length;
  return `Allocations do not add up to the ledger (${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}).`;
}
