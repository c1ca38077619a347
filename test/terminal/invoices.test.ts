import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runTerminal } from '../../src/terminal/program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apportion-'));
  vi.stubEnv('APPORTION_CONFIG', undefined);
});
afterEach(() => vi.unstubAllEnvs());

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    note: (line: string) => void notes.push(line),
  };
  const code = await runTerminal(['--db', join(folder, 'a.db'), ...args], terminal);
  return { code, out: out.join(''), notes: notes.join('\n') };
}
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('invoices at the terminal', () => {
  it('imports the CSV of a vendor without a feed, remembers it, and reconciles it to the cent', async () => {
    const csv = file('replit.csv', 'Number,Month,What,Net,VAT\nR-1,2026-10,Team seats,105,19.95\n');
    const args = [
      'invoices',
      'import',
      csv,
      '--vendor',
      'replit',
      '--column',
      'amount=Net',
      '--column',
      'description=What',
      '--column',
      'invoiceId=Number',
    ];
    expect(await run(...args, '--preview')).toMatchObject({
      code: 0,
      out: '1 invoices over 124.95 USD would be imported.\n',
    });
    expect(await run(...args)).toMatchObject({
      code: 0,
      out: '1 invoices over 124.95 USD read, 1 changed.\n',
    });
    expect((await run('invoices', 'import', csv, '--vendor', 'replit')).out).toContain('read, 0 changed');
    const { out } = await run('--json', 'reconcile', '--period', '2026-10');
    expect(JSON.parse(out)).toMatchObject({
      invoices: [
        {
          source: 'replit',
          invoiceId: 'R-1',
          invoiceTotal: '124.95',
          ledger: '124.95',
          residual: '0',
          tieOut: { tax: '19.95', tied: true },
        },
      ],
    });
    expect((await run('reconcile', '--period', '2026-10')).out).toContain(
      'replit R-1: tied, tax 19.95 (recoverable 0)',
    );
    expect((await run('invoices', 'list')).out).toContain('124.95');
  });

  it('refuses a bad row with file, row and field, and keeps nothing', async () => {
    const csv = file('bad.csv', 'Item,Amount\nSeats,many\n');
    const refused = await run('invoices', 'import', csv, '--vendor', 'x', '--period', '2026-10');
    expect(refused.code).toBe(1);
    expect(refused.notes).toContain('bad.csv: Row 2, amount (column Amount): "many" is no amount.');
    expect((await run('invoices', 'list')).out).toBe('No invoice is known.\n');
    const unknown = await run('invoices', 'import', csv, '--vendor', 'x', '--column', 'price=Amount');
    expect(unknown.notes).toContain('--column price=Amount: write FIELD=COLUMN; the fields are invoiceId');
  });

  it('fixes rates for good, by hand and from a file, and says what a bad row lacks', async () => {
    const set = ['fx', 'set', '2026-10', 'EUR', 'USD', '1.0832', '--source', 'ECB'];
    expect((await run(...set)).out).toBe('1 EUR is 1.0832 USD in 2026-10, for good.\n');
    expect((await run(...set)).out).toBe('2026-10 has this rate already.\n');
    const rates = file('fx.csv', 'month,from,to,rate,source,date\n2026-11,EUR,USD,1.09,ECB,2026-11-02\n');
    expect((await run('fx', 'import', rates)).out).toBe('1 of 1 rates are new.\n');
    const bad = file('bad.csv', 'month,from,to,rate,source,date\n2026-12,EUR,USD,0,ECB,2026-12-01\n');
    expect((await run('fx', 'import', bad)).notes).toContain(
      'bad.csv, row 2, column rate: "0" is no positive decimal',
    );
    expect((await run('fx', 'set', '2026-10', 'EUR', 'USD', '1.1', '--source', 'ECB')).code).toBe(1);
    expect((await run('fx', 'list')).out).toContain('1.0832');
    expect((await run('fx', 'effect', '2026-10')).out).toBe('2026-10 holds no other currency.\n');
    expect((await run('credits')).out).toBe('No prepaid value is known.\n');
  });
});
