import { AppError } from '../../core/base/errors.js';
import { formatNanos } from '../../core/base/money.js';
import { addDays, type Day, utcDay } from '../../core/base/time.js';
import type { Charge } from '../../core/ledger/charge.js';
import {
  type BilledUsage,
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
import type { Context } from '../context.js';

/** What is to be checked of a pull before it is published. */
export interface CheckedPull {
  readonly source: string;
  readonly charges: readonly Charge[];
  /** What of them the charges do not tell by token type. */
  readonly billedUsage?: readonly BilledUsage[] | undefined;
  readonly completeThrough: Day | null;
  /** Whether anything of the source was published before. */
  readonly isFirst: boolean;
}

/** The first pull of a source looks wrong by its order of magnitude; FinOps has been told. */
export class FirstSyncHeld extends AppError {}

/**
 * Two looks at billed money beside the price list. The first pull of a source is not published while a vendor's month
 * is outside 0.2 to 5 times the list (cents read as dollars), until a person accepts it. In later pulls a step of more
 * than 10 points from one day to the next is told to FinOps, once a source and day.
 * @throws FirstSyncHeld
 */
export async function checkPull(context: Context, pull: CheckedPull, prices: PriceTable): Promise<void> {
  if (prices.isEmpty) return;
  const check = checkAgainstList(pull.charges, prices);
  if (pull.isFirst) {
    // Fees beside the tokens make its factor too restless for drifts, never for an order of magnitude.
    const cells = [...check.cells, ...usageAgainstList(pull.billedUsage ?? [], prices)];
    await guardFirstSync(context, pull.source, outOfBounds({ ...check, cells }));
  } else {
    const through = pull.completeThrough ?? addDays(utcDay(context.clock()), -1);
    await tellDrifts(context, pull.source, driftsOf(check, recentDays(through)));
  }
}

async function guardFirstSync(context: Context, source: string, held: readonly OutOfBounds[]): Promise<void> {
  if (held.length === 0) return;
  const { store, clock } = context;
  const known = await store.findFirstSync(source);
  if (known !== null && known.acceptedAtMs !== null) return;
  await store.holdFirstSync({ source, held, atMs: clock() });
  await tell(context, firstSyncKey(source), { about: 'first-sync', source, held, acceptedBy: null });
  throw new FirstSyncHeld('conflict', heldSentence(source, held));
}

/** The notice of a first pull that is held back; it is edited when somebody accepts it. */
export function firstSyncKey(source: string): string {
  return `data-quality:first-sync:${source}`;
}

function heldSentence(source: string, held: readonly OutOfBounds[]): string {
  const months = held.slice(0, 3).map(({ vendor, month, billed, list }) => {
    return `${vendor} billed ${formatNanos(billed)} USD for ${month}, where the same usage costs ${formatNanos(list)} USD at list price`;
  });
  const more = held.length > 3 ? ` (and ${held.length - 3} more months)` : '';
  return `the first pull was not published: ${months.join('; ')}${more}. A unit may be read wrongly; if it is right, press Accept first pull in /apportion sources, or run accept-first-sync ${source} and pull again.`;
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
export async function tell(
  { store, clock }: Context,
  key: string,
  figures: DataQualityFigures,
): Promise<void> {
  const body = { kind: 'data-quality', figures } as const;
  await store.putNotices([{ key, audience: { kind: 'finops' }, parentKey: null, body }], clock());
}
