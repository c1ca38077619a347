import { compareBigint, compareText } from '../../core/base/money.js';
import { type DayRange, monthsIn } from '../../core/base/time.js';
import { toCell, type WorkRow } from '../../core/explain/work.js';
import { RETRIES, type WorkMix, workMix } from '../../core/explain/work-mix.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { NO_VALUE, type SpendFilter } from '../../core/spend/spend.js';
import { within } from '../allocation/months-within.js';
import type { Context } from '../context.js';

/** Whose mix is asked for. */
export interface MixQuestion {
  /** `key`, or a dimension: team, product ... */
  readonly by: string;
  readonly range: DayRange;
  readonly where: readonly SpendFilter[];
  readonly currency?: string;
}

/**
 * The price of the same work per owner or key and month: months ascend, in each the most expensive label first. The costs of
 * a month add up to its spend, less what later changes moved between owners of a closed month.
 * @throws AppError `invalid` for a key or dimension that does not exist.
 */
export async function showWorkMix(context: Context, question: MixQuestion): Promise<readonly WorkMix[]> {
  const { store, company } = context;
  const { by, range, where } = question;
  const dimension = by === 'key' ? 'team' : by;
  const currency = question.currency ?? company.currency;
  const mixes: WorkMix[] = [];
  for (const month of monthsIn(range)) {
    const { rows } = await store.listWork({ dimension, where, currency, range: within(range, month) });
    const retries = (await store.measureTotals(month, [RETRIES])).get(RETRIES) ?? null;
    const labels = byLabel(rows, by);
    const own = [...labels].map(([label, rowsOfLabel]) => {
      const repeated = retries?.get(label);
      const about = { label, month, retries: repeated === undefined ? null : Number(repeated) / 1e9 };
      return workMix(about, rowsOfLabel);
    });
    mixes.push(...own.toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.label, b.label)));
  }
  return mixes;
}

function byLabel(rows: readonly WorkRow[], by: string): ReadonlyMap<string, readonly WorkRow[]> {
  const groups = new Map<string, { readonly label: string; readonly rows: WorkRow[] }>();
  for (const row of rows) {
    const key = by === 'key' ? toCell(row).key : null;
    const label = by === 'key' ? (key?.label ?? NO_VALUE) : (row.owner ?? UNALLOCATED);
    const id = key?.id ?? label;
    const group = groups.get(id) ?? { label, rows: [] };
    groups.set(id, group);
    group.rows.push(row);
  }
  const uses = new Map<string, number>();
  for (const { label } of groups.values()) uses.set(label, (uses.get(label) ?? 0) + 1);
  // Namesakes keep apart, by what their ids end in.
  return new Map(
    [...groups].map(([id, { label, rows: own }]) => [
      uses.get(label) === 1 ? label : `${label} (…${id.slice(-4)})`,
      own,
    ]),
  );
}
