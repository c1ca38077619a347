import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../src/core/base/time.js';
import { createLarkspur } from '../../src/sandbox/larkspur/index.js';
import { runTerminal } from '../../src/terminal/program.js';
import { batchOf, billOf, chargeOf, month } from '../support/build/charges.js';
import { createTestContext } from '../support/context.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(db: string, ...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runTerminal(['--db', join(folder, db), '--json', ...args], {
    out: (text) => out.push(text),
    note: (line) => notes.push(line),
  });
  return {
    code,
    json: JSON.parse(out.join('') || 'null') as Record<string, unknown>,
    notes: notes.join('\n'),
  };
}

const OCTOBER = ['--from', '2026-10-01', '--to', '2026-10-31'] as const;
const BY = 'day,provider,service,model,key,person,source';

/** A made-up company's AWS bill and seats, with names that mean harm to a spreadsheet. */
async function filled(db: string) {
  const { focusFiles } = createLarkspur({ today: parseDay('2026-11-02') });
  for (const { source, text } of focusFiles().filter(({ source: name }) => !name.startsWith('anthropic'))) {
    const file = join(folder, `${source}.csv`);
    const [header = '', ...rows] = text.replaceAll('larkspur-old-exports', '=HYPERLINK(1)').split('\n');
    writeFileSync(file, [header, ...rows.filter((row) => row.includes('2026-10'))].join('\n'));
    expect((await run(db, 'import', 'focus', file, '--source', source)).code).toBe(0);
  }
}

describe('apportion export', () => {
  it.each(['1.2', '1.3', '1.4'])(
    'writes FOCUS %s that says the same when it is read again',
    async (version) => {
      await filled(`${version}.db`);
      const file = join(folder, `out-${version}.csv`);
      expect(
        (await run(`${version}.db`, 'export', 'focus', ...OCTOBER, '--focus', version, '--out', file)).code,
      ).toBe(0);
      const [header = ''] = readFileSync(file, 'utf8').split('\r\n');
      expect(header.split(',').includes('ProviderName')).toBe(version !== '1.4');
      expect(header.split(',').includes('ServiceProviderName')).toBe(version !== '1.2');
      expect((await run(`${version}-again.db`, 'import', 'focus', file, '--source', 'again')).code).toBe(0);
      const spend = async (db: string, by: string) => {
        const { json } = await run(db, 'spend', '--by', by, ...OCTOBER);
        return json;
      };
      const by = BY.replace(',source', '');
      expect(await spend(`${version}-again.db`, by)).toEqual(await spend(`${version}.db`, by));
    },
  );

  it('writes no cell that a spreadsheet takes for a formula', async () => {
    const file = join(folder, 'out-1.3.csv');
    for (const cell of readFileSync(file, 'utf8').split(/[,\r\n]+/)) expect(cell).not.toMatch(/^"?[=+@]/);
    expect(readFileSync(file, 'utf8')).toContain("'=HYPERLINK(1)");
  });

  it('writes allocations that add up to the total, and a journal that is cleared', async () => {
    const file = join(folder, 'allocations.csv');
    const { json } = await run(
      '1.3.db',
      'export',
      'allocations',
      ...OCTOBER,
      '--by',
      'team,service',
      '--out',
      file,
    );
    const rows = readFileSync(file, 'utf8').trim().split('\r\n').slice(1);
    const cents = rows
      .map((row) => Math.round(Number(row.split(',').at(-2)) * 1e6))
      .reduce((a, b) => a + b, 0);
    expect(cents).toBe(Math.round(Number(json['total']) * 1e6));
    const book = join(folder, 'journal.csv');
    expect((await run('1.3.db', 'export', 'journal', '--period', '2026-10', '--out', book)).code).toBe(0);
    expect(readFileSync(book, 'utf8')).toContain('AI clearing');
  });

  it('writes what has no exchange rate in its own currency, each currency cleared by itself', async () => {
    const context = await createTestContext({ path: join(folder, 'two.db') });
    const bill = billOf(month('2026-10'), { billingCurrency: 'EUR' });
    const charges = [chargeOf('2026-10-05', '10'), chargeOf('2026-10-05', '7', { bill })];
    await context.store.replaceCharges(batchOf(charges));
    await context.store.close();
    const book = join(folder, 'two.csv');
    const { json } = await run('two.db', 'export', 'journal', '--period', '2026-10', '--out', book);
    expect(json).toMatchObject({
      lines: 4,
      total: '10',
      currency: 'USD',
      otherCurrencies: [{ total: '7', currency: 'EUR' }],
    });
    expect(readFileSync(book, 'utf8').trim().split('\r\n').slice(1)).toEqual([
      '2026-10-31,Unallocated,Unallocated,10,,AI and cloud spend 2026-10,USD',
      '2026-10-31,AI clearing,,,10,Cleared: 2026-10,USD',
      '2026-10-31,Unallocated,Unallocated,7,,AI and cloud spend 2026-10,EUR',
      '2026-10-31,AI clearing,,,7,Cleared: 2026-10,EUR',
    ]);
    const file = join(folder, 'two-allocations.csv');
    await run('two.db', 'export', 'allocations', ...OCTOBER, '--by', 'team', '--out', file);
    expect(readFileSync(file, 'utf8').trim().split('\r\n').slice(1)).toEqual([
      'Unallocated,10,USD',
      'Unallocated,7,EUR',
    ]);
    const close = await run('two.db', 'months', 'check', '2026-10');
    expect(JSON.stringify(close.json)).toContain('No exchange rate to USD: 7 EUR; give one with fx set.');
  });

  it('leaves nothing behind when it cannot write, and names what is wrong', async () => {
    const nowhere = join(folder, 'missing', 'out.csv');
    const answer = await run('1.3.db', 'export', 'focus', ...OCTOBER, '--out', nowhere);
    expect(answer).toMatchObject({ code: 1, notes: expect.stringContaining('cannot be written') as string });
    expect(existsSync(nowhere)).toBe(false);
    const wrong = await run('1.3.db', 'export', 'focus', ...OCTOBER, '--focus', '2.0', '--out', nowhere);
    expect(wrong.notes).toContain('Apportion writes 1.2, 1.3, 1.4');
  });
});
