import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/base/database.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { batchOf, chargeOf, month } from '../../support/build/charges.js';
import { describeClosedMonths } from '../contract/closed-months.js';
import { ANA, settle } from '../contract/support.js';

describeClosedMonths(() => openSqliteStore(':memory:'));

describe('a locked month in a SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'apportion-months-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const OCT = month('2026-10');

  async function softClosed(path: string) {
    const store = await openSqliteStore(path);
    await store.replaceCharges(batchOf([chargeOf('2026-10-05', '10'), chargeOf('2026-10-17', '20')]));
    await settle(store);
    await store.softCloseMonth({ month: OCT, actor: ANA, atMs: 1 });
    return store;
  }

  it('is not locked at all when the process is killed while it locks, and can be locked then', async () => {
    const path = join(folder, 'killed.db');
    const store = await softClosed(path);
    const audit = await store.listAudit(10);
    await store.close();
    const child = fork(new URL('../../support/killed/lock.ts', import.meta.url), [path], {
      execArgv: ['--import', 'tsx'],
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const reopened = await openSqliteStore(path);
    expect(await reopened.findMonthRecord(OCT)).toMatchObject({ stage: 'soft-closed', lock: null });
    expect(await reopened.listAudit(10)).toEqual(audit);
    expect(await reopened.findAuditBreak()).toBeNull();
    const { lock } = await reopened.lockMonth({ month: OCT, actor: ANA, atMs: 2, override: null });
    expect(lock?.fingerprint).toBe(await reopened.monthFingerprint(OCT));
    await reopened.close();
  });

  it('withstands a hand on the database', async () => {
    const path = join(folder, 'hand.db');
    const store = await softClosed(path);
    const sets = await store.listMonthSets(OCT);
    await store.lockMonth({ month: OCT, actor: ANA, atMs: 2, override: null });
    const fingerprint = await store.monthFingerprint(OCT);
    const { handle } = openDatabase(path);
    const setId = sets[0]?.setId ?? 0;
    const attacks = [
      'update fact set effective = effective + 1',
      'update fact set month = 202612 where month = 202610',
      'delete from fact',
      'update set_day set effective = 0',
      'delete from set_month where month = 202610',
      `insert into allocation (month, dimension_id, set_id, from_day, to_day) values (202609, 1, ${setId}, 0, 1)`,
    ];
    for (const attack of attacks) expect(() => handle.exec(attack)).toThrow('the month is locked');
    expect(await store.monthFingerprint(OCT)).toBe(fingerprint);
    handle.exec('drop trigger fact_closed_update; update fact set effective = effective + 1');
    expect(await store.monthFingerprint(OCT)).not.toBe(fingerprint);
    handle.close();
    await store.close();
  });
});
