import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/base/database.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { batchOf, chargeOf, day, month, setOf, wholeMonthPieces } from '../../support/build/charges.js';
import { describeLedgerContract } from '../contract/ledger.js';
import { dump } from '../contract/ledger-support.js';

describeLedgerContract(() => openSqliteStore(':memory:'));

describe('a ledger in a SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'apportion-ledger-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is as it was before when the process is killed in the middle of a replacement', async () => {
    const path = join(folder, 'killed.db');
    const store = await openSqliteStore(path);
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1'), chargeOf('2026-10-02', '2')]));
    const [before, stale] = [await dump(store), await store.listStaleMonths()];
    await store.close();
    const child = fork(new URL('../../support/killed/replace.ts', import.meta.url), [path], {
      execArgv: ['--import', 'tsx'],
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const reopened = await openSqliteStore(path);
    expect(await dump(reopened)).toEqual(before);
    expect(await reopened.listStaleMonths()).toEqual(stale);
    expect(await reopened.listRawResponses('anthropic', 1)).toEqual([]);
    await reopened.close();
  });

  it('survives being closed, and is seen by a second connection while the first is open', async () => {
    const path = join(folder, 'deep', 'kept.db');
    const first = await openSqliteStore(path);
    await first.replaceCharges(batchOf([chargeOf('2026-10-01', '1')]));
    const second = await openSqliteStore(path);
    expect(await dump(second)).toEqual(await dump(first));
    await second.replaceCharges(batchOf([chargeOf('2026-10-01', '2')]));
    await first.close();
    expect(await second.chargedDays()).toEqual({ from: day('2026-10-01'), to: day('2026-10-02') });
    await second.close();
  });

  it('is laid out for large bills: 8 KiB pages, write-ahead log, bulk tables in key order', () => {
    const { handle } = openDatabase(join(folder, 'pragmas.db'));
    const pragmas = ['page_size', 'journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'];
    const values = pragmas.map((name) => handle.pragma(name, { simple: true }));
    expect(values).toEqual([8192, 'wal', 1, 1, 10_000]);
    const clustered = handle
      .prepare('select name from pragma_table_list where wr order by name')
      .pluck()
      .all();
    expect(clustered).toEqual([
      'allocation',
      'allocation_share',
      'fact',
      'set_day',
      'set_month',
      'split_part',
      'tag',
    ]);
    handle.close();
  });

  it('stores one row for each key and keeps its roll-ups equal to the facts after every replacement', async () => {
    const path = join(folder, 'rollups.db');
    const store = await openSqliteStore(path);
    const { handle } = openDatabase(path);
    const sums = () =>
      ['fact', 'set_day', 'set_month'].map((table) =>
        handle.prepare(`select sum(effective) from ${table}`).pluck().get(),
      );
    const charges = Array.from({ length: 120 }, (_, index) =>
      chargeOf(`2026-10-${10 + (index % 20)}`, '0.5'),
    );
    await store.replaceCharges(batchOf(charges));
    expect(handle.prepare('select count(*) from fact').pluck().get()).toBe(20);
    expect(sums()).toEqual([60e9, 60e9, 60e9]);
    await store.replaceCharges(batchOf([chargeOf('2026-10-12', '7')]));
    expect(sums()).toEqual([64e9, 64e9, 64e9]);
    await store.replaceCharges(
      batchOf([], { scope: { kind: 'charge-days', from: day('2026-10-01'), to: day('2026-11-01') } }),
    );
    expect(sums()).toEqual([null, null, null]);
    expect(await store.listMonthSets(month('2026-10'))).toEqual([]);
    handle.close();
    await store.close();
  });

  it('refuses allocations that leave out money which only the facts know of, and names bill and day', async () => {
    const path = join(folder, 'lost-day.db');
    const store = await openSqliteStore(path);
    const stray = setOf({ apiKeyId: 'k-stray' });
    await store.replaceCharges(
      batchOf([chargeOf('2026-10-01', '1'), chargeOf('2026-10-02', '2', { set: stray })]),
    );
    const october = month('2026-10');
    const sets = (await store.listMonthSets(october)).filter(
      ({ set }) => set.attributes.apiKeyId !== 'k-stray',
    );
    const pieces = wholeMonthPieces(october, sets, { team: () => 'Search' });
    const { handle } = openDatabase(path);
    handle.exec('delete from set_day where effective = 2000000000');
    handle.close();
    const run = { month: october, mark: 1, dimensions: ['team'], rulesetVersion: 1, atMs: 1, pieces };
    await expect(store.replaceAllocations(run)).rejects.toThrow(
      /^Dimension team does not conserve bill \d+ on 2026-10-02: of 1 charges of 2 0 have a piece\.$/,
    );
    expect(await store.listAllocations(october)).toEqual([]);
    await store.close();
  });
});
