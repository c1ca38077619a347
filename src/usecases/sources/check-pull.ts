import { AppError } from '../../core/base/errors.js';
import type { Nanos } from '../../core/base/money.js';
import { addDays, type Day, utcDay } from '../../core/base/time.js';
import type { Charge } from '../../core/ledger/charge.js';
import {
  checkAgainstList,
  driftsOf,
  type FactorDrift,
  type OutOfBounds,
  outOfBounds,
  recentDays,
  usageAgainstList,
} from '../../core/prices/check.js';
import type { PriceTable } from '../../core/prices/table.js';
import type { DataQualityFigures } from '../../core/sources/data-quality.js';
import { covers, type DayMoney, describeHold, fallsOf, type HoldReason } from '../../core/sources/hold.js';
import type { Pull } from '../../providers/provider.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';

/** A pull with money on every row, before it is published. */
export interface CheckedPull {
  readonly source: string;
  readonly pull: Pull;
  /** Whether anything of the source was published before. */
  readonly isFirst: boolean;
  /** Whether it is a file that somebody has put there: what is in it is meant. */
  readonly isFile: boolean;
}

/** The pull does not look whole or right; FinOps has been told, and a person can accept it. */
export class PullHeld extends AppError {}

/**
 * Looks at a pull before it is published. It is held back until a person accepts it when money is missing, when a
 * second view of the same money differs on closed days, when closed days would fall beyond the limits of the settings,
 * or when a first pull is outside 0.2 to 5 times the price list (cents read as dollars). In later pulls a step of more
 * than 10 points against the list from one day to the next is told to FinOps, once a source and day. Answers sentences
 * about what was accepted.
 * @throws PullHeld
 */
export async function checkPull(
  context: Context,
  checked: CheckedPull,
  prices: PriceTable,
): Promise<readonly string[]> {
  const { source, pull, isFirst } = checked;
  const reasons: readonly HoldReason[] = [
    ...(pull.missing ?? []).map((part) => ({ because: 'missing', ...part }) as const),
    ...(pull.differences ?? []).map((difference) => ({ because: 'control', ...difference }) as const),
    ...(await findFalls(context, checked)),
    ...(isFirst ? outsideList(pull, prices).map((month) => ({ because: 'price', ...month }) as const) : []),
  ];
  await holdUnlessAccepted(context, source, reasons);
  if (!isFirst && !prices.isEmpty) {
    const through = pull.completeThrough ?? addDays(utcDay(context.clock()), -1);
    await tellDrifts(context, source, driftsOf(checkAgainstList(pull.charges, prices), recentDays(through)));
  }
  return reasons.map((reason) => `Accepted: ${describeHold(reason)}.`);
}

function outsideList({ charges, billedUsage = [] }: Pull, prices: PriceTable): readonly OutOfBounds[] {
  if (prices.isEmpty) return [];
  const check = checkAgainstList(charges, prices);
  // Fees beside the tokens make its factor too restless for drifts, never for an order of magnitude.
  return outOfBounds({ ...check, cells: [...check.cells, ...usageAgainstList(billedUsage, prices)] });
}

/** What of the pull's closed days would be less than the ledger holds, beyond the limits. */
async function findFalls(
  context: Context,
  { source, pull, isFirst, isFile }: CheckedPull,
): Promise<readonly HoldReason[]> {
  const { scope, charges, completeThrough } = pull;
  if (isFirst || isFile || scope.kind !== 'charge-days' || completeThrough === null) return [];
  const end = addDays(completeThrough, 1);
  const range = { from: scope.from, to: scope.to < end ? scope.to : end };
  if (range.from >= range.to) return [];
  const held = await context.store.sumOfSource(source, range);
  if (held.length === 0) return [];
  const got = sumByDay(charges.filter(({ chargeDay: day }) => range.from <= day && day < range.to));
  const { settings } = await readSettings(context);
  return fallsOf(held, got, settings.pulls).map((fall) => ({ because: 'fall', ...fall }) as const);
}

function sumByDay(charges: readonly Charge[]): readonly DayMoney[] {
  const sums = new Map<string, { day: Day; currency: string; billed: Nanos; effective: Nanos }>();
  for (const { chargeDay: day, bill, billedCost, effectiveCost } of charges) {
    const currency = bill.billingCurrency;
    const sum = sums.get(`${day} ${currency}`) ?? { day, currency, billed: 0n, effective: 0n };
    sums.set(`${day} ${currency}`, sum);
    sum.billed += billedCost;
    sum.effective += effectiveCost;
  }
  return [...sums.values()];
}

/** @throws PullHeld while a person has not accepted each of the reasons. */
async function holdUnlessAccepted(
  context: Context,
  source: string,
  reasons: readonly HoldReason[],
): Promise<void> {
  const { store, clock } = context;
  const known = await store.findPullHold(source);
  const accepted = known !== null && known.acceptedAtMs !== null ? known.reasons : [];
  if (reasons.some((reason) => !accepted.some((each) => covers(each, reason)))) {
    const hold = await store.holdPull({ source, reasons, atMs: clock() });
    await tellHold(context, { source, reasons, heldAtMs: hold.heldAtMs, acceptedBy: null });
    throw new PullHeld('conflict', heldSentence(source, reasons));
  }
  if (known === null) return;
  if (known.acceptedAtMs === null) {
    await tellHold(context, { ...known, acceptedBy: null, isOver: true });
    await store.keepHeld(source, []);
    return;
  }
  // A fall is accepted once; a part that is back is missed again when it fails again.
  const needed = (each: HoldReason) => reasons.some((reason) => covers(each, reason));
  await store.keepHeld(
    source,
    known.reasons.filter(
      (each) =>
        each.because === 'control' ||
        each.because === 'price' ||
        (each.because === 'missing' && needed(each)),
    ),
  );
}

function heldSentence(source: string, reasons: readonly HoldReason[]): string {
  const named = reasons.slice(0, 3).map((reason) => describeHold(reason));
  const more = reasons.length > 3 ? ` (and ${reasons.length - 3} more)` : '';
  const isPrice = reasons.every(({ because }) => because === 'price');
  const why = isPrice
    ? 'A unit may be read wrongly'
    : 'The vendor may have answered only in part, so the ledger stays as it was';
  return `the ${isPrice ? 'first ' : ''}pull was not published: ${named.join('; ')}${more}. ${why}; if it is right, press Accept this pull in /apportion sources, or run accept-pull ${source} and pull again.`;
}

/** Tells FinOps of a hold, what became of it, or both: one message for reasons of price, one for all others. */
export async function tellHold(
  context: Context,
  {
    source,
    reasons,
    heldAtMs,
    acceptedBy,
    isOver = false,
  }: {
    readonly source: string;
    readonly reasons: readonly HoldReason[];
    readonly heldAtMs: number;
    readonly acceptedBy: string | null;
    readonly isOver?: boolean;
  },
): Promise<void> {
  const held = reasons.flatMap((reason) => (reason.because === 'price' ? [reason] : []));
  const others = reasons.filter(({ because }) => because !== 'price');
  if (held.length > 0)
    await tell(context, `data-quality:first-sync:${source}`, {
      about: 'first-sync',
      source,
      held,
      acceptedBy,
    });
  if (others.length > 0)
    await tell(context, `data-quality:held:${source}:${utcDay(heldAtMs)}`, {
      about: 'held-pull',
      source,
      reasons: others,
      acceptedBy,
      isOver,
    });
}

async function tellDrifts(context: Context, source: string, drifts: readonly FactorDrift[]): Promise<void> {
  for (const day of new Set(drifts.map((drift) => drift.day))) {
    const ofDay = drifts.filter((drift) => drift.day === day);
    await tell(context, `data-quality:price-drift:${source}:${day}`, {
      about: 'price-drift',
      source,
      day,
      drifts: ofDay,
    });
  }
}

/** The same figures again change nothing, others edit the message. */
async function tell({ store, clock }: Context, key: string, figures: DataQualityFigures): Promise<void> {
  const body = { kind: 'data-quality', figures } as const;
  await store.putNotices([{ key, audience: { kind: 'finops' }, parentKey: null, body }], clock());
}
