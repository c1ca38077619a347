// Times the SQLite ledger on a million made-up charges: `npx tsx test/bench/ledger.ts [rows]`. Not a test.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, fromEpochDay, monthOf, parseMonth, toEpochDay } from '../../src/core/base/time.js';
import type { Charge, DimensionSet } from '../../src/core/ledger/charge.js';
import type { LedgerStore } from '../../src/store/contract/ledger.js';
import { openDatabase } from '../../src/store/sqlite/base/database.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import {
  batchOf,
  billOf,
  day,
  daysScope,
  kindOf,
  setOf,
  wholeMonthPieces,
} from '../support/build/charges.js';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const DAYS = 395;
const SETS = Math.ceil(ROWS / 95);
const FIRST_DAY = toEpochDay(day('2025-10-01'));
const RANGE = { from: day('2025-10-01'), to: fromEpochDay(FIRST_DAY + DAYS) };

/** Each set has two kinds of charge on about half of a run of days; shared objects, as feeds hand them over. */
function makeCharges(): readonly Charge[] {
  const kinds = [kindOf(), kindOf({ chargeDescription: 'Output tokens' })];
  const days = Array.from({ length: DAYS }, (_, index) => fromEpochDay(FIRST_DAY + index));
  const bills = new Map([...new Set(days.map(monthOf))].map((month) => [month, billOf(month)]));
  const sets = Array.from({ length: SETS }, (_, index) =>
    setOf(
      { apiKeyId: `key-${index >> 2}`, apiKeyName: `name-${index >> 2}`, model: `model-${index & 3}` },
      { team: `team-${index % 50}` },
    ),
  );
  return Array.from({ length: ROWS }, (_, index): Charge => {
    const nth = index % 95;
    const setIndex = Math.floor(index / 95);
    const chargeDay = days[(setIndex * 7 + (nth >> 1) * 8) % DAYS]!;
    const cost = BigInt(((index * 7919) % 100_000) + 1) * 1_000n;
    return {
      set: sets[setIndex]!,
      kind: kinds[nth & 1]!,
      bill: bills.get(monthOf(chargeDay))!,
      chargeDay,
      consumedQuantity: nth * 100,
      pricingQuantity: nth * 100,
      billedCost: cost,
      effectiveCost: cost,
      listCost: cost,
      contractedCost: cost,
    };
  });
}

async function timed<T>(what: string, rows: number, work: () => Promise<T>): Promise<T> {
  const [start, before] = [process.hrtime.bigint(), process.cpuUsage()];
  const result = await work();
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(before);
  // Neighbours on the machine change the wall clock; processor time says more.
  const cpu = (user + system) / 1e6;
  const rate = rows === 0 ? '' : `  ${Math.round(rows / cpu).toLocaleString('en')} rows a CPU second`;
  process.stdout.write(`${what.padEnd(44)} ${wall.toFixed(3)} s, CPU ${cpu.toFixed(3)} s${rate}\n`);
  return result;
}

function owners(count: number) {
  return (set: DimensionSet) => `owner-${Number(set.tags['team']?.slice(5)) % count}`;
}

async function allocateAll(store: LedgerStore): Promise<void> {
  for (const { month, mark } of await store.listStaleMonths()) {
    const sets = await store.listMonthSets(month);
    const dimensions = { team: owners(50), product: owners(7), customer: () => null };
    const pieces = wholeMonthPieces(month, sets, dimensions);
    const run = { month, mark, dimensions: Object.keys(dimensions), pieces, rulesetVersion: 1, atMs: 1 };
    await store.replaceAllocations(run);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'apportion-bench-'));
const path = join(folder, 'bench.db');
const db = openDatabase(path);
const store = await openSqliteStore(path);
const charges = makeCharges();
const batch = batchOf(charges, { scope: daysScope(RANGE.from, RANGE.to) });
await timed(`import ${ROWS} charges, ${SETS} sets`, ROWS, () => store.replaceCharges(batch));
db.handle.pragma('wal_checkpoint(TRUNCATE)');
process.stdout.write(`bytes a row: ${(statSync(path).size / ROWS).toFixed(1)}\n`);
await timed('import the same again', ROWS, () => store.replaceCharges(batch));
const lastWeek = { from: addDays(RANGE.to, -7), to: RANGE.to };
const changed = charges
  .filter(({ chargeDay }) => chargeDay >= lastWeek.from)
  .map((charge) => ({ ...charge, billedCost: charge.billedCost + 1n }));
await timed('restate the last 7 days', changed.length, () =>
  store.replaceCharges(batchOf(changed, { scope: { kind: 'charge-days', ...lastWeek } })),
);
await timed('allocate all months, 3 dimensions, proofs', ROWS, () => allocateAll(store));
await store.markStale([parseMonth('2026-09')], 'bench');
await timed('allocate one month again', 0, () => allocateAll(store));
const month = { from: day('2026-09-01'), to: day('2026-10-01') };
const ask = (by: readonly string[], range: { from: typeof month.from; to: typeof month.to }) =>
  timed(`query by ${by.join(', ')}${range === month ? ', one month' : ''}`, 0, () =>
    store.querySpend({ by, range, where: [], currency: 'USD' }),
  );
await ask(['team'], month);
await ask(['team', 'model', 'day'], month);
await ask(['confidence'], month);
await ask(['month', 'team'], RANGE);
await ask(['key'], RANGE);
await ask(['confidence'], RANGE);
await timed('suggest key names', 0, () => store.suggestValues('apiKeyName', '99', 20));
await timed('invoice totals', 0, () => store.listInvoiceTotals(parseMonth('2026-09')));
await timed('unallocated customer', 0, () =>
  store.listUnallocated({ dimension: 'customer', range: month, limit: 9 }),
);
db.handle.pragma('wal_checkpoint(TRUNCATE)');
process.stdout.write(`bytes a row with allocations: ${(statSync(path).size / ROWS).toFixed(1)}\n`);
process.stdout.write(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`);
rmSync(folder, { recursive: true });
