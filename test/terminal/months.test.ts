import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/sqlite/base/database.js';
import { runTerminal } from '../../src/terminal/program.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-terminal-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
let db = '';

/** Runs one command; answers its exit code with what it wrote. */
async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runTerminal(['--db', db, ...args], {
    out: (text) => out.push(text),
    note: (line) => notes.push(line),
  });
  return { code, out: out.join(''), notes: notes.join('\n') };
}

const BILL = `BillingAccountId,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ProviderName,InvoiceIssuerName,InvoiceId
acct,2025-10-01T00:00:00Z,2025-11-01T00:00:00Z,2025-10-05T00:00:00Z,2025-10-06T00:00:00Z,Usage,AMOUNT,AMOUNT,AMOUNT,AMOUNT,USD,Claude API,Anthropic,Anthropic,INV-10
`;

async function bill(amount: string) {
  const file = join(folder, 'bill.csv');
  writeFileSync(file, BILL.replaceAll('AMOUNT', amount));
  return run('import', 'focus', file);
}

beforeEach(async () => {
  db = join(folder, `${(count += 1)}.db`);
  await bill('100');
});

describe('apportion months', () => {
  it('goes from open to locked, and posts what comes later in the month after', async () => {
    expect((await run('months', 'list')).out).toBe('2025-10  open  \n');
    expect((await run('months', 'check', '2025-10')).out).toContain(
      'done  Unallocated: 100 USD (250 may stay).',
    );
    expect((await run('months', 'lock', '2025-10')).notes).toContain(
      'this is for a month that is soft-closed',
    );
    expect((await run('months', 'soft-close', '2025-10')).out).toMatch(
      /^2025-10 is soft-closed by terminal:/,
    );
    expect((await run('months', 'lock', '2025-10')).code).toBe(0);
    await bill('107');
    const spend = await run('--json', 'spend', '--by', 'month', '--from', '2025-10-01', '--to', '2025-12-31');
    expect(JSON.parse(spend.out)).toMatchObject({
      total: '107',
      rows: [
        { month: '2025-10', cost: '100' },
        { month: '2025-11', cost: '7' },
      ],
    });
    expect((await bill('107')).out).toContain('nothing changed');
    const locked = JSON.parse((await run('--json', 'months', 'list')).out) as readonly unknown[];
    expect(locked).toMatchObject([{ stage: 'locked', lock: { override: null } }, { stage: 'open' }]);
  });

  it('says in one sentence what is wrong, with exit code 1', async () => {
    expect(await run('months', 'check', '2025-13')).toMatchObject({ code: 1 });
    expect(await run('months', 'unlock', '2025-10')).toMatchObject({
      code: 1,
      notes: '2025-10 is open; this is for a month that is locked.',
    });
  });
});

describe('apportion audit', () => {
  it('lists what was done and verifies that the log is whole', async () => {
    await run('months', 'soft-close', '2025-10');
    expect((await run('audit', 'list')).out).toContain('month.soft-close');
    const { code, out } = await run('audit', 'verify');
    expect([code, out]).toEqual([0, expect.stringContaining('no month is locked')]);
  });

  it('names the first broken entry, with exit code 1', async () => {
    await run('months', 'soft-close', '2025-10');
    await run('months', 'lock', '2025-10');
    const { handle } = openDatabase(db);
    handle.exec("drop trigger audit_no_update; update audit set actor = 'nobody' where id = 2");
    handle.close();
    const { code, notes } = await run('audit', 'verify');
    expect([code, notes]).toEqual([1, expect.stringContaining('broken at entry 2')]);
  });

  it('finds a locked month that is no longer what it was, with exit code 1', async () => {
    await run('months', 'soft-close', '2025-10');
    await run('months', 'lock', '2025-10');
    const { handle } = openDatabase(db);
    handle.exec('drop trigger fact_closed_update; update fact set billed = billed + 1');
    handle.close();
    const { code, notes } = await run('audit', 'verify');
    expect([code, notes]).toEqual([
      1,
      expect.stringContaining('2025-10 is not what it was when it was locked'),
    ]);
    expect((await run('doctor')).out).toContain('MEND  audit log');
  });
});
