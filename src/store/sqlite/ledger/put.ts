import { addDays, type Month, monthOf, monthRange, toEpochDay } from '../../../core/base/time.js';
import type { ChargeBatch } from '../../contract/ledger.js';
import { closedThrough } from '../base/closed-months.js';
import type { Database } from '../base/database.js';
import { storedSum, toMonthNumber } from '../base/numbers.js';
import { chargedMonths } from '../base/stale.js';
import {
  type Fact,
  type FactOrigin,
  type FactScope,
  factScope,
  holdsExactly,
  OF_SOURCE,
  replaceFacts,
} from './facts.js';
import type { Interner } from './intern.js';
import { postPriorPeriods } from './prior-periods.js';

/** Charges of one origin, by month, and what they replace. */
export interface FactBatch {
  readonly source: string;
  readonly scope: ChargeBatch['scope'];
  readonly origin: FactOrigin;
  readonly intern: Interner;
  readonly facts: ReadonlyMap<Month, readonly Fact[]>;
}

/** Puts facts in the place of their scope: open months are written, what differs in closed ones is posted. */
export function putFacts(
  db: Database,
  batch: FactBatch,
): { readonly open: readonly Month[]; readonly posted: readonly Month[] } {
  const { source, facts } = batch;
  const scope = factScope(source, batch.scope, batch.origin);
  const differing = changedMonths(db, batch.scope, scope, facts);
  const closed = closedThrough(db);
  const isClosed = (month: Month) => closed !== null && month <= closed;
  const open = differing.filter((month) => !isClosed(month));
  for (const month of open) replaceFacts(db, month, scope, facts.get(month) ?? []);
  const restated = new Map(differing.filter(isClosed).map((month) => [month, facts.get(month) ?? []]));
  const { origin, intern } = batch;
  const posted = postPriorPeriods(db, {
    source,
    scope: batch.scope,
    factScope: scope,
    origin,
    intern,
    restated,
  });
  return { open, posted };
}

function changedMonths(
  db: Database,
  replaced: ChargeBatch['scope'],
  scope: FactScope,
  facts: ReadonlyMap<Month, readonly Fact[]>,
): readonly Month[] {
  const stored = chargedMonths(db).filter((month) => mayHold(replaced, month));
  const months = [...new Set([...facts.keys(), ...stored])].toSorted();
  return months.filter((month) => !holdsExactly(db, month, scope, facts.get(month) ?? []));
}

/** A correction may stand in any charge month, so a scope of billing periods touches them all. */
function mayHold(scope: ChargeBatch['scope'], month: Month): boolean {
  if (scope.kind === 'billing-periods') return true;
  return scope.from < scope.to && monthOf(scope.from) <= month && month <= monthOf(addDays(scope.to, -1));
}

/** Works out the source's part of the month's roll-ups again. */
export function rollUp(db: Database, source: string, month: Month): void {
  const number = toMonthNumber(month);
  const { from, to } = monthRange(month);
  const days = [toEpochDay(from), toEpochDay(to)];
  db.handle.prepare(`delete from set_day where day >= ? and day < ? and ${OF_SOURCE}`).run(...days, source);
  db.handle
    .prepare(
      `insert into set_day (day, set_id, currency, month, list, effective, billed)
       select f.day, f.set_id, b.currency, f.month, ${['f.list', 'f.effective', 'f.billed'].map(storedSum).join(', ')}
       from fact f join bill b on b.id = f.bill_id
       where f.month = ? and ${OF_SOURCE} group by 1, 2, 3 order by 1, 2, 3`,
    )
    .run(number, source);
  db.handle.prepare(`delete from set_month where month = ? and ${OF_SOURCE}`).run(number, source);
  db.handle
    .prepare(
      `insert into set_month (month, set_id, currency, first_day, last_day, effective)
       select month, set_id, currency, min(day), max(day), ${storedSum('effective')} from set_day
       where day >= ? and day < ? and ${OF_SOURCE} group by 1, 2, 3 order by 1, 2, 3`,
    )
    .run(...days, source);
}
