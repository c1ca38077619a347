import { compareBigint, compareText, type Nanos } from '../base/money.js';
import { addDays, type Day, daysBetween } from '../base/time.js';
import { type Claim, isUnfinished } from './claim.js';
import { bestGuess } from './steps.js';

/** How long something has had no owner, what it costs in 30 days, and whose it may be. */
export interface AgeingLine {
  readonly label: string;
  readonly source: string;
  /** From the first to the last day without an owner. */
  readonly days: number;
  readonly firstDay: Day;
  readonly currency: string;
  readonly cost: Nanos;
  /** The likeliest who has not said otherwise; null when there is nobody. */
  readonly guess: string | null;
}

/** What nobody owns, by the claims that wait for an owner: most expensive first. */
export function ageUnowned(claims: readonly Claim[]): readonly AgeingLine[] {
  return claims
    .filter(isUnfinished)
    .map((claim): AgeingLine => {
      const { subject, currency, cost, firstDay, lastDay } = claim;
      const guess = bestGuess(claim);
      const days = daysBetween(firstDay, addDays(lastDay, 1));
      return {
        label: subject.label,
        source: subject.source,
        days,
        firstDay,
        currency,
        cost,
        guess: guess?.name ?? null,
      };
    })
    .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.label, b.label));
}
