import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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
async function total(): Promise<string> {
  const asked = ['spend', '--by', 'source', '--from', '2026-01-01', '--to', '2026-12-31'];
  const { out } = await run('--json', ...asked);
  return (JSON.parse(out) as { total: string }).total;
}
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

interface Row {
  readonly day: number;
  readonly cost: string;
  readonly sub?: string;
  readonly invoice?: string;
  readonly team?: string;
}
const HEADER =
  'BilledCost,EffectiveCost,ListCost,ContractedCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ProviderName,InvoiceIssuerName,ServiceName,SubAccountId,InvoiceId,Tags';
/** A bill of October, in one delimiter and with any way of writing its costs. */
function bill(rows: readonly Row[], delimiter = ','): string {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map(({ day, cost, sub = 'sub-1', invoice = '', team = 'Search' }) => {
    const at = (each: number) => `2026-10-${String(each).padStart(2, '0')}`;
    const end = day === 31 ? '2026-11-01' : at(day + 1);
    const period = ['2026-10-01', '2026-11-01', at(day), end];
    const names = ['Usage', 'AWS', 'Amazon Web Services', 'Amazon Bedrock', sub, invoice];
    const cells = [cost, cost, cost, cost, 'acct-1', 'USD', ...period, ...names, JSON.stringify({ team })];
    return cells.map(cell).join(delimiter);
  });
  return `${[HEADER.replaceAll(',', delimiter), ...lines].join('\r\n')}\r\n`;
}

describe('importing a FOCUS file', () => {
  it.each<[string, string | Uint8Array]>([
    [
      'semicolons and decimal commas',
      bill(
        [
          { day: 1, cost: '1.234,50' },
          { day: 2, cost: '0,25' },
        ],
        ';',
      ),
    ],
    [
      'tabs',
      bill(
        [
          { day: 1, cost: '1234.50' },
          { day: 2, cost: '0.25' },
        ],
        '\t',
      ),
    ],
    [
      'thousands marks and dollar signs',
      bill([
        { day: 1, cost: '$1,234.50' },
        { day: 2, cost: '$0.25' },
      ]),
    ],
    [
      'exponents',
      bill([
        { day: 1, cost: '12345e-1' },
        { day: 2, cost: '2.5E-1' },
      ]),
    ],
    ['UTF-16', Buffer.from(`\uFEFF${bill([{ day: 1, cost: '1234.75' }])}`, 'utf16le')],
    ['gzip', gzipSync(bill([{ day: 1, cost: '1234.75' }]))],
    ['marks in front of every row', bill([{ day: 1, cost: '1234.75' }]).replaceAll(/^/gm, '\uFEFF')],
  ])('reads %s rightly', async (_what, content) => {
    expect((await run('import', 'focus', file('bill.csv', content))).code).toBe(0);
    expect(await total()).toBe('1234.75');
  });

  it.each<[string, string | Uint8Array, string]>([
    [
      'an open mark',
      bill([{ day: 1, cost: '1,234' }]),
      'row 2, column BilledCost: "1,234" may be 1234 or 1.234',
    ],
    ['an open mark', bill([{ day: 1, cost: '1.234' }], ';'), '"1.234" may be 1.234 or 1234'],
    ['another currency', bill([{ day: 1, cost: '€12.50' }]), 'is in EUR, but the currency of the row is USD'],
    ['an absurd amount', bill([{ day: 1, cost: '1e30' }]), 'column BilledCost: "1e30" is larger than 10^15'],
    [
      'Windows-1252',
      Buffer.from(bill([{ day: 1, cost: '1', team: 'Qualit\u00e4t' }]), 'latin1'),
      'not UTF-8',
    ],
    ['a damaged .gz', gzipSync(bill([{ day: 1, cost: '1' }])).subarray(0, 60), 'damaged or cut off'],
    ['a short row', `${bill([{ day: 1, cost: '1' }])}"2","2"\r\n`, 'row 3: 2 cells under a header of 17'],
    [
      'a field without end',
      gzipSync(`${HEADER}\n"${'x'.repeat(6 * 1_048_576)}`),
      'row 2: the row is longer than 4 MB',
    ],
  ])('refuses %s by name', async (_what, content, sentence) => {
    const { code, notes } = await run('import', 'focus', file('bill.csv', content));
    expect(code).toBe(1);
    expect(notes).toContain(sentence);
    expect(notes).toContain('bill.csv');
  });

  it('takes what a person says of the file', async () => {
    const latin = file(
      'a.csv',
      Buffer.from(bill([{ day: 1, cost: '1.234', team: 'Qualit\u00e4t' }], ';'), 'latin1'),
    );
    const said = ['--encoding', 'windows-1252', '--decimal', 'comma'];
    expect((await run('import', 'focus', latin, ...said)).code).toBe(0);
    expect(await total()).toBe('1234');
  });

  it('takes the parts of one export as one bill, as files or as a folder', async () => {
    const [a, b] = [
      file('export/a/part.csv', bill([{ day: 1, cost: '100', sub: 'A' }])),
      file('export/b/part.csv', bill([{ day: 1, cost: '40', sub: 'B' }])),
    ];
    await run('import', 'focus', a, b, '--source', 'aws');
    expect(await total()).toBe('140');
    expect((await run('import', 'focus', join(folder, 'export'), '--source', 'aws')).out).toContain(
      'nothing changed',
    );
    const { code, notes } = await run('import', 'focus', b, '--source', 'aws');
    expect(code).toBe(1);
    expect(notes).toContain('Parts of one export are imported together');
    expect(await total()).toBe('140');
  });

  it('lets a later file of the month take the place of the earlier under any name, and says so', async () => {
    await run('import', 'focus', file('focus-20261002.csv', bill([{ day: 1, cost: '10' }])));
    const later = file(
      'focus-20261003.csv',
      bill([
        { day: 1, cost: '10' },
        { day: 2, cost: '12' },
      ]),
    );
    const { code, notes } = await run('import', 'focus', later);
    expect({ code, notes }).toEqual({
      code: 0,
      notes: 'The ledger has this bill already, as source focus-20261002: the file takes its place.',
    });
    expect(await total()).toBe('22');
    const named = await run('import', 'focus', later, '--source', 'other');
    expect(named.code).toBe(1);
    expect(named.notes).toContain(
      'the ledger has the same bill (acct-1 in 2026-10) as source "focus-20261002"',
    );
  });

  it('refuses an older or smaller file, unless a person says that it is right', async () => {
    const whole = bill([
      { day: 1, cost: '10' },
      { day: 2, cost: '12' },
      { day: 2, cost: '3', sub: 'B' },
    ]);
    await run('import', 'focus', file('a.csv', whole), '--source', 'aws');
    const older = file('b.csv', bill([{ day: 1, cost: '10' }]));
    const smaller = file(
      'c.csv',
      bill([
        { day: 1, cost: '10' },
        { day: 2, cost: '12' },
      ]),
    );
    expect((await run('import', 'focus', older, '--source', 'aws')).notes).toContain(
      'the file is older than what the ledger has: its days of acct-1 in 2026-10 end on 2026-10-01, those in the ledger on 2026-10-02',
    );
    expect((await run('import', 'focus', smaller, '--source', 'aws')).notes).toContain(
      'it comes to 22 USD and lacks 1 of the 3 figures in the ledger, over 25 USD',
    );
    expect(await total()).toBe('25');
    const replaced = await run('import', 'focus', smaller, '--source', 'aws', '--replace');
    expect(replaced.code).toBe(0);
    expect(replaced.notes).toContain(
      'acct-1 in 2026-10: what the ledger had went, and the file took its place.',
    );
    expect(await total()).toBe('22');
  });

  it('follows what the vendor restates', async () => {
    await run(
      'import',
      'focus',
      file(
        'a.csv',
        bill([
          { day: 1, cost: '10' },
          { day: 2, cost: '12' },
        ]),
      ),
    );
    expect(
      (
        await run(
          'import',
          'focus',
          file(
            'a.csv',
            bill([
              { day: 1, cost: '9' },
              { day: 2, cost: '11' },
            ]),
          ),
        )
      ).code,
    ).toBe(0);
    expect(await total()).toBe('20');
  });

  it('is no complete month while its days end before the month does, until its invoice is issued', async () => {
    const feeds = async () => {
      await run('reallocate');
      const { out } = await run('--json', 'months', 'check', '2026-10');
      return (JSON.parse(out) as { items: unknown[] }).items[0];
    };
    await run('import', 'focus', file('a.csv', bill([{ day: 6, cost: '10' }])), '--source', 'aws');
    expect(await feeds()).toMatchObject({
      done: false,
      behind: [{ source: 'aws', completeThrough: '2026-10-06' }],
    });
    await run(
      'import',
      'focus',
      file('a.csv', bill([{ day: 6, cost: '10', invoice: 'I-1' }])),
      '--source',
      'aws',
    );
    expect(await feeds()).toMatchObject({ done: true });
  });

  it('remarks on owners that look alike', async () => {
    const rows = [
      { day: 1, cost: '10', team: 'Search' },
      { day: 1, cost: '5', team: 'search ' },
    ];
    const { notes } = await run('import', 'focus', file('a.csv', bill(rows)));
    expect(notes).toContain(
      'the values of the tag team "Search" and "search " differ only by letter case or blanks',
    );
  });
});

describe('importing people and prices', () => {
  it('remarks on a day between two memberships, and on teams that look alike', async () => {
    const people = file(
      'people.csv',
      'email,name,team,effective_from,effective_to\nana@l.example,Ana,Search,2025-03-01,2026-02-28\nana@l.example,Ana,search,2026-03-01,\n',
    );
    const { code, notes } = await run('people', 'import', people);
    expect(code).toBe(0);
    expect(notes).toContain('row 2: ana@l.example belongs to no team on 2026-02-28');
    expect(notes).toContain('the teams "Search" and "search" differ only by letter case');
  });

  it('takes two forms of the same letters for one team', async () => {
    const people = file(
      'people.csv',
      `email,name,team\na@l.example,A,Qualität\nb@l.example,B,${'Qualität'.normalize('NFD')}\n`,
    );
    const { notes } = await run('people', 'import', people);
    expect(notes).not.toContain('differ');
  });

  it('remarks on a price of one token in the column for a million', async () => {
    const prices = file(
      'prices.csv',
      'provider,model,token_type,usd_per_million\nanthropic,claude-x,output,0.000015\nanthropic,claude-y,output,15\n',
    );
    const { notes } = await run('prices', 'import', prices);
    expect(notes).toContain(
      'row 2: 0.000015 USD for a million tokens of claude-x looks like the price of one token',
    );
    expect(notes).not.toContain('claude-y');
  });
});
