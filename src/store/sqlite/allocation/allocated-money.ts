import { type DayRange, monthsIn, toEpochDay } from '../../../core/base/time.js';
import type { Database } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';

/** Where money is read: `set_day` is the roll-up; `fact` knows bill and confidence as well, but is larger. */
export type MoneyBase = 'set_day' | 'fact';

/** A FROM clause with money `d` and the owners of some dimensions beside it. */
export interface AllocatedMoney {
  /** `d` has month, day, set_id, currency; on `fact` also bill_id and, where nothing is divided, confidence. */
  readonly from: string;
  readonly effective: string;
  readonly billed: string;
  /** The owner's id in dim_value; null is Unallocated. */
  readonly owner: (dimensionId: number) => string;
  /** Why there is no owner: an id in dim_value; null where the money was never allocated. */
  readonly reason: (dimensionId: number) => string;
  /** Whether the money has been allocated at all, if only to Unallocated. */
  readonly isCovered: (dimensionId: number) => string;
  /** Whether some money of the range is divided in one of the dimensions. */
  readonly isDivided: boolean;
}

const BASES: Readonly<Record<MoneyBase, string>> = {
  set_day: 'set_day d',
  // CROSS JOIN keeps SQLite from turning the order round: charges first, their small tables by key.
  fact: `(select f.month, f.day, f.set_id, f.bill_id, f.effective, f.billed, b.currency, k.confidence
    from fact f cross join bill b on b.id = f.bill_id cross join charge_kind k on k.id = f.kind_id) d`,
};

/**
 * The one place that says what "allocated to an owner" means in SQL; every report reads money through it. Money
 * with one owner stands in the ledger, its owner in `allocation`; divided money stands in `allocation_share`, part
 * by part. What is divided in more than one of the dimensions is left out: see `crossed-money.ts`.
 * @param range the days of interest; null for all.
 */
export function allocatedMoney(
  db: Database,
  base: MoneyBase,
  dimensionIds: readonly number[],
  range: DayRange | null,
): AllocatedMoney {
  const within = (money: string) => (range === null ? 'true' : daysCondition(money, range));
  const costs = { effective: 'd.effective', billed: 'd.billed' };
  if (!isDivided(db, dimensionIds, range)) {
    return {
      ...costs,
      from: [BASES[base], ...dimensionIds.map((id) => pieceJoin(id, 'd'))].join('\n'),
      owner: (id) => `${pieceAlias(id)}.target_id`,
      reason: (id) => `${pieceAlias(id)}.reason_id`,
      isCovered: (id) => `${pieceAlias(id)}.set_id is not null`,
      isDivided: false,
    };
  }
  const branches = [
    directBranch(base, dimensionIds, within('d')),
    ...dimensionIds.map((id) => dividedBranch(base, id, dimensionIds, within('x'))),
  ];
  return {
    ...costs,
    from: `(${branches.join('\nunion all\n')}) d`,
    owner: (id) => `d.owner${id}`,
    reason: (id) => `d.reason${id}`,
    isCovered: (id) => `d.covered${id}`,
    isDivided: true,
  };
}

/** The piece of a dimension that covers the money `d` or `x`, as a join; one row at most. */
export function pieceJoin(dimensionId: number, money: 'd' | 'x'): string {
  const a = pieceAlias(dimensionId);
  return `left join allocation ${a} on ${a}.month = ${money}.month and ${a}.dimension_id = ${dimensionId}
    and ${a}.set_id = ${money}.set_id and ${a}.from_day <= ${money}.day and ${money}.day < ${a}.to_day`;
}

/** Half-open days of some money, with their months, by which the tables are clustered. */
export function daysCondition(money: string, range: DayRange): string {
  const months = monthsIn(range).map(toMonthNumber);
  return `${money}.day >= ${toEpochDay(range.from)} and ${money}.day < ${toEpochDay(range.to)}
    and ${money}.month between ${months[0] ?? 0} and ${months.at(-1) ?? 0}`;
}

function isDivided(db: Database, dimensionIds: readonly number[], range: DayRange | null): boolean {
  const months = range === null ? [] : monthsIn(range).map(toMonthNumber);
  const within = range === null ? 'true' : `month between ${months[0] ?? 0} and ${months.at(-1) ?? 0}`;
  const dimensions = `dimension_id in (${dimensionIds.join(', ')})`;
  const found = db.handle.prepare(`select 1 from split_part where ${within} and ${dimensions} limit 1`);
  return dimensionIds.length > 0 && found.get() !== undefined;
}

/** Money that has one owner in each of the dimensions. */
function directBranch(base: MoneyBase, dimensionIds: readonly number[], within: string): string {
  const columns = dimensionIds.map((id) => ownerColumns(id, pieceColumns(id)));
  return `select d.month, d.day, d.set_id, d.currency, d.effective, d.billed, ${billColumn(base, 'd')},
      ${base === 'fact' ? 'd.confidence' : 'null'} as confidence, ${columns.join(', ')}
    from ${BASES[base]} ${dimensionIds.map((id) => pieceJoin(id, 'd')).join('\n')}
    where ${[within, ...dimensionIds.map(isWhole)].join(' and ')}`;
}

/** Money that is divided in one of the dimensions, part by part, and has one owner in the others. */
function dividedBranch(base: MoneyBase, id: number, dimensionIds: readonly number[], within: string): string {
  const others = dimensionIds.filter((other) => other !== id);
  const columns = dimensionIds.map((each) =>
    ownerColumns(
      each,
      each === id ? { owner: 'p.target_id', reason: 'p.reason_id', covered: '1' } : pieceColumns(each),
    ),
  );
  return `select x.month, x.day, x.set_id, b.currency, x.effective, x.billed, ${billColumn(base, 'x')},
      null as confidence, ${columns.join(', ')}
    from allocation_share x cross join split_part p on p.month = x.month and p.part = x.part
    cross join bill b on b.id = x.bill_id ${others.map((other) => pieceJoin(other, 'x')).join('\n')}
    where ${[within, `x.dimension_id = ${id}`, ...others.map(isWhole)].join(' and ')}`;
}

interface OwnerExpressions {
  readonly owner: string;
  readonly reason: string;
  readonly covered: string;
}

function pieceColumns(dimensionId: number): OwnerExpressions {
  const a = pieceAlias(dimensionId);
  return { owner: `${a}.target_id`, reason: `${a}.reason_id`, covered: `${a}.set_id is not null` };
}

function ownerColumns(id: number, { owner, reason, covered }: OwnerExpressions): string {
  return `${owner} as owner${id}, ${reason} as reason${id}, ${covered} as covered${id}`;
}

/** True also of money that was never allocated. */
function isWhole(dimensionId: number): string {
  return `coalesce(${pieceAlias(dimensionId)}.is_split, 0) = 0`;
}

function billColumn(base: MoneyBase, money: string): string {
  return `${base === 'fact' ? `${money}.bill_id` : 'null'} as bill_id`;
}

/** The name of a dimension's piece in SQL. */
export function pieceAlias(dimensionId: number): string {
  return `a${dimensionId}`;
}
