/** Where money is read: `set_day` is the roll-up; `fact` knows bill and confidence as well, but is larger. */
export type MoneyBase = 'set_day' | 'fact';

/** A FROM clause with money `d` and the owners of some dimensions beside it. */
export interface AllocatedMoney {
  /** `d` has month, day, set_id, currency; on `fact` also bill_id and confidence. */
  readonly from: string;
  readonly effective: string;
  readonly billed: string;
  /** The owner's id in dim_value; null is Unallocated. */
  readonly owner: (dimensionId: number) => string;
  /** Why there is no owner: an id in dim_value; null where the money was never allocated. */
  readonly reason: (dimensionId: number) => string;
  /** Whether the money has been allocated at all, if only to Unallocated. */
  readonly isCovered: (dimensionId: number) => string;
}

const BASES: Readonly<Record<MoneyBase, string>> = {
  set_day: 'set_day d',
  // CROSS JOIN keeps SQLite from turning the order round: charges first, their small tables by key.
  fact: `(select f.month, f.day, f.set_id, f.bill_id, f.effective, f.billed, b.currency, k.confidence
    from fact f cross join bill b on b.id = f.bill_id cross join charge_kind k on k.id = f.kind_id) d`,
};

/**
 * The one place that says what "allocated to an owner" means in SQL; every report reads money through it. A
 * dimension whose money is split between owners will add a second table here and its amounts to `effective`.
 */
export function allocatedMoney(base: MoneyBase, dimensionIds: readonly number[]): AllocatedMoney {
  const pieces = dimensionIds.map((id) => {
    const a = alias(id);
    return `left join allocation ${a} on ${a}.month = d.month and ${a}.dimension_id = ${id}
      and ${a}.set_id = d.set_id and ${a}.from_day <= d.day and d.day < ${a}.to_day`;
  });
  return {
    from: [BASES[base], ...pieces].join('\n'),
    effective: 'd.effective',
    billed: 'd.billed',
    owner: (id) => `${alias(id)}.target_id`,
    reason: (id) => `${alias(id)}.reason_id`,
    isCovered: (id) => `${alias(id)}.set_id is not null`,
  };
}

function alias(dimensionId: number): string {
  return `a${dimensionId}`;
}
