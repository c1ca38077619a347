import { compareText, NANOS_PER_UNIT } from '../../../core/base/money.js';
import { type Day, type DayRange, utcDay } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import type { MeasureRow } from '../../../core/ledger/measure.js';
import { sameCosts } from '../../parts/amounts.js';
import { type BillRow, CODING, createChargeMaker } from '../../parts/bill-rows.js';
import { sumMeasures } from '../../parts/pull-parts.js';
import type { WindsurfFacts } from './client.js';
import type { Run } from './schema.js';

/** Hundredths of a credit that somebody (null: nobody who is listed) used of a model on a day. */
interface Use {
  readonly day: Day;
  readonly email: string | null;
  readonly model: string;
  readonly hundredths: number;
}

/** What charges are made from besides the facts. */
export interface WindsurfAccount {
  readonly source: string;
  readonly currency: string;
  /** Seats, already in rows. */
  readonly seats: readonly BillRow[];
}

/**
 * Seats, and credits by user, model and day at no cost: the seat has paid for them, and credits beyond it are on the
 * invoice only. Pure. What former members used stands under nobody.
 */
export function toCharges(
  facts: Pick<WindsurfFacts, 'byUser' | 'total'>,
  account: WindsurfAccount,
): readonly Charge[] {
  const toCharge = createChargeMaker({
    source: account.source,
    vendor: 'Windsurf',
    service: { name: 'Windsurf', ...CODING },
    accountId: account.source,
    accountName: null,
  });
  const uses = toUses(facts).map(
    ({ day, email, model, hundredths }): BillRow => ({
      day,
      currency: account.currency,
      costs: sameCosts(0n),
      category: 'Usage',
      frequency: 'Usage-Based',
      skuId: `credits|${model}`,
      meter: 'Prompt Credits',
      description: `Prompt credits for ${model}, paid by the seat`,
      quantity: { amount: hundredths / 100, unit: 'Credits' },
      confidence: 'estimated',
      attributes: { principalId: email, email, model },
    }),
  );
  return [...account.seats, ...uses].map(toCharge);
}

/** The same credits as weights by user, for splitting what the invoice has beyond the seats. */
export function toMeasures(
  facts: Pick<WindsurfFacts, 'byUser' | 'total'>,
  range: DayRange,
): readonly MeasureRow[] {
  return sumMeasures(
    toUses(facts)
      .filter(({ day }) => range.from <= day && day < range.to)
      .flatMap(({ day: date, email: label, hundredths }): MeasureRow[] => {
        const amount = (BigInt(Math.round(hundredths)) * NANOS_PER_UNIT) / 100n;
        return label === null ? [] : [{ date, measure: 'windsurf-credits', label, amount }];
      }),
  );
}

function toUses({ byUser, total }: Pick<WindsurfFacts, 'byUser' | 'total'>): readonly Use[] {
  const uses = byUser.flatMap(({ email, runs }) => sumRuns(runs, email.toLowerCase()));
  const named = new Map<string, number>();
  for (const use of uses) named.set(keyOf(use), (named.get(keyOf(use)) ?? 0) + use.hundredths);
  const rest = sumRuns(total, null).map((use) => ({
    ...use,
    hundredths: use.hundredths - (named.get(keyOf(use)) ?? 0),
  }));
  return [...uses, ...rest].filter(({ hundredths }) => hundredths > 0);
}

function keyOf({ day, model }: Use): string {
  return `${day}\u0000${model}`;
}

function sumRuns(runs: readonly Run[], email: string | null): readonly Use[] {
  const uses = new Map<string, Use>();
  for (const { day: instant, model, promptsUsed } of runs) {
    const use = {
      day: utcDay(Date.parse(instant)),
      email,
      model: model ?? 'unknown',
      hundredths: promptsUsed ?? 0,
    };
    const before = uses.get(keyOf(use))?.hundredths ?? 0;
    uses.set(keyOf(use), { ...use, hundredths: before + use.hundredths });
  }
  return [...uses].toSorted(([a], [b]) => compareText(a, b)).map(([, use]) => use);
}
