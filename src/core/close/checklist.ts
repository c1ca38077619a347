import { assertNever } from '../base/errors.js';
import { absolute, formatNanos, NANOS_PER_UNIT, type Nanos } from '../base/money.js';
import type { Day, Month } from '../base/time.js';
import type { CurrencyCost, MonthStage, SignOff, UnlockRequest } from './month.js';

/** How much may stay unallocated: the larger of an amount (nanos, any currency) and a share of the month's cost. */
export interface Materiality {
  readonly amount: Nanos;
  /** Hundredths of a per cent: 50 is 0.5 %. */
  readonly basisPoints: number;
}

/** 250 or 0.5 %, whichever is more. */
export const DEFAULT_MATERIALITY: Materiality = { amount: 250n * NANOS_PER_UNIT, basisPoints: 50 };

/** One line of the checklist before a month is locked, in figures; `done` says whether it stands in the way. */
export type ChecklistItem = { readonly done: boolean } & (
  | {
      readonly kind: 'feeds';
      readonly behind: readonly { readonly source: string; readonly completeThrough: Day | null }[];
    }
  | {
      readonly kind: 'invoices';
      readonly invoices: number;
      /** Invoices whose allocations do not add up to them. */
      readonly untied: number;
      /** Bills that the vendor has not issued an invoice for yet: reported, but no obstacle. */
      readonly notIssued: number;
      /** Invoices that differ from the ledger by more than the tolerance, and nobody has accepted it; absent: none. */
      readonly differing?: readonly {
        readonly source: string;
        readonly invoiceId: string;
        readonly residual: Nanos;
        readonly currency: string;
      }[];
    }
  | {
      readonly kind: 'unallocated';
      readonly costs: readonly { readonly currency: string; readonly cost: Nanos; readonly limit: Nanos }[];
    }
  | {
      /** Only where something is missing: what is left out of figures in the company's currency. */
      readonly kind: 'rates';
      readonly into: string;
      readonly missing: readonly CurrencyCost[];
    }
  | {
      readonly kind: 'owners';
      readonly teams: number;
      /** Teams with spend that have not signed, or signed other figures than there are now. */
      readonly unsigned: readonly string[];
    }
);

/** A month on its way to its lock, for people. */
export interface MonthClose {
  readonly month: Month;
  readonly stage: MonthStage;
  readonly currency: string;
  /** Effective cost of the month in `currency`. */
  readonly total: Nanos;
  readonly items: readonly ChecklistItem[];
  readonly unlockRequest: UnlockRequest | null;
}

/** The unallocated item: what each currency leaves without an owner against what may be left. */
export function unallocatedItem(
  costs: readonly { readonly currency: string; readonly unallocated: Nanos; readonly total: Nanos }[],
  { amount, basisPoints }: Materiality,
): ChecklistItem {
  const judged = costs.map(({ currency, unallocated, total }) => {
    const share = (absolute(total) * BigInt(basisPoints)) / 10_000n;
    return { currency, cost: unallocated, limit: share > amount ? share : amount };
  });
  const done = judged.every(({ cost, limit }) => absolute(cost) <= limit);
  return { kind: 'unallocated', done, costs: judged };
}

/** The owners item. @param teams every team with spend in the month, with what it spent. */
export function ownersItem(
  teams: ReadonlyMap<string, readonly CurrencyCost[]>,
  signOffs: readonly SignOff[],
): ChecklistItem {
  const signed = new Map(signOffs.map((signOff) => [signOff.team, signOff.costs]));
  const unsigned = [...teams]
    .filter(([team, costs]) => !sameCosts(signed.get(team), costs))
    .map(([team]) => team);
  return { kind: 'owners', done: unsigned.length === 0, teams: teams.size, unsigned };
}

function sameCosts(a: readonly CurrencyCost[] | undefined, b: readonly CurrencyCost[]): boolean {
  if (a?.length !== b.length) return false;
  return b.every(({ currency, cost }) =>
    a.some((other) => other.currency === currency && other.cost === cost),
  );
}

/** Names listed in one sentence. */
const MOST_NAMES = 10;

/** The item as one plain sentence. */
export function describeItem(item: ChecklistItem): string {
  switch (item.kind) {
    case 'feeds':
      return item.done
        ? 'Every feed is complete through the end of the month.'
        : `Not complete: ${names(item.behind.map(({ source, completeThrough }) => `${source} (through ${completeThrough ?? 'no day'})`))}.`;
    case 'invoices': {
      const differing = item.differing ?? [];
      if (differing.length > 0)
        return `Not tied: ${names(differing.map(({ source, invoiceId, residual, currency }) => `${source} ${invoiceId} (${formatNanos(residual)} ${currency} apart)`))}; see /apportion invoices.`;
      const waiting = item.notIssued === 0 ? '' : ` ${item.notIssued} of them not issued yet.`;
      return item.done
        ? `All ${item.invoices} bills add up to their allocations.${waiting}`
        : `${item.untied} of ${item.invoices} bills do not add up to their allocations; run reconcile.`;
    }
    case 'unallocated': {
      const amounts = item.costs.map(
        ({ currency, cost, limit }) => `${formatNanos(cost)} ${currency} (${formatNanos(limit)} may stay)`,
      );
      return `Unallocated: ${amounts.length === 0 ? 'nothing' : amounts.join(', ')}.`;
    }
    case 'rates': {
      const costs = item.missing.map(({ currency, cost }) => `${formatNanos(cost)} ${currency}`);
      return `No exchange rate to ${item.into}: ${names(costs)}; give one with fx set.`;
    }
    case 'owners':
      return item.done
        ? `All ${item.teams} teams have signed their figures.`
        : `Not signed: ${names(item.unsigned)}.`;
    default:
      return assertNever(item);
  }
}

function names(all: readonly string[]): string {
  const more = all.length - MOST_NAMES;
  return `${all.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
