import { z } from 'zod';
import type { AllocationDiff } from '../allocation/diff.js';
import { absolute, compareBigint, compareText, type Nanos, parseNanos } from '../base/money.js';

/** Above how much moved money a second person must approve a change of the rules. */
export interface ApprovalPolicy {
  /** Nanos; counts in each currency by itself, since rules know no exchange rates. */
  readonly threshold: Nanos;
  /** Hundredths of a per cent of last month's spend; the larger of the two is the limit. Null: the threshold alone. */
  readonly basisPoints: number | null;
}

const Amount = z.union([z.int().min(0), z.string().regex(/^\d+(\.\d{1,9})?$/)], {
  error: 'must be an amount such as 1000 or "1000.50"',
});

/**
 * The policy as the configuration file has it: `threshold` in units of the currency, `share` from 0 to 1. Without a
 * threshold (null) nobody needs a second person.
 */
export const ApprovalSetting = z
  .strictObject({ threshold: Amount.nullable(), share: z.number().min(0).max(1).optional() })
  .transform(({ threshold, share }): ApprovalPolicy | null =>
    threshold === null
      ? null
      : {
          threshold: parseNanos(String(threshold)),
          basisPoints: share === undefined ? null : Math.round(share * 10_000),
        },
  );

/** What a change moves, and how much one person may move alone. */
export interface ApprovalNeed {
  readonly currency: string;
  readonly moved: Nanos;
  readonly limit: Nanos;
}

/** How far a change that needs a second person has come. Names are in the form of audit rows. */
export type ApprovalOutcome =
  | { readonly kind: 'waiting' | 'outdated' }
  | { readonly kind: 'approved'; readonly by: string; readonly version: number }
  /** Rejected; or withdrawn, when it was the author. */
  | { readonly kind: 'rejected' | 'withdrawn'; readonly by: string; readonly reason: string | null };

/** The figures of the card that asks FinOps for approval. */
export interface ApprovalFigures {
  readonly draftId: string;
  readonly hash: string;
  readonly baseVersion: number;
  readonly author: string;
  readonly note: string | null;
  /** The change in plain words, one line each. */
  readonly lines: readonly string[];
  readonly diff: AllocationDiff;
  readonly need: ApprovalNeed;
  readonly outcome: ApprovalOutcome;
}

/**
 * Money that a change moves over all months, by currency, largest first: amounts count whatever their sign,
 * and of several dimensions the one in which most moves, since it is the same money in each.
 */
export function movedMoney(
  diff: Pick<AllocationDiff, 'moved'>,
): readonly { readonly currency: string; readonly moved: Nanos }[] {
  const sums = new Map<string, { readonly currency: string; moved: Nanos }>();
  for (const { dimension, currency, cost } of diff.moved) {
    const key = JSON.stringify([currency, dimension]);
    const sum = sums.get(key) ?? { currency, moved: 0n };
    sum.moved += absolute(cost);
    sums.set(key, sum);
  }
  const most = new Map<string, Nanos>();
  for (const { currency, moved } of sums.values())
    if (moved > (most.get(currency) ?? 0n)) most.set(currency, moved);
  return [...most]
    .map(([currency, moved]) => ({ currency, moved }))
    .toSorted((a, b) => compareBigint(b.moved, a.moved) || compareText(a.currency, b.currency));
}

/**
 * Whether a change moves more than one person may decide; null when it does not. What moves exactly the limit does
 * not need a second person.
 * @param lastMonth spend of the last whole month by currency; only looked at where the policy names a share.
 */
export function approvalNeed(
  diff: Pick<AllocationDiff, 'moved'>,
  policy: ApprovalPolicy,
  lastMonth: ReadonlyMap<string, Nanos>,
): ApprovalNeed | null {
  for (const { currency, moved } of movedMoney(diff)) {
    const share = ((lastMonth.get(currency) ?? 0n) * BigInt(policy.basisPoints ?? 0)) / 10_000n;
    const limit = share > policy.threshold ? share : policy.threshold;
    if (moved > limit) return { currency, moved, limit };
  }
  return null;
}
