import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { runTerminal } from '../../src/terminal/program.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-splits-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
let db = '';

/** Runs one command that must succeed; answers its JSON. */
async function run(...args: readonly string[]): Promise<unknown> {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal = { out: (text: string) => out.push(text), note: (line: string) => notes.push(line) };
  const code = await runTerminal(['--json', '--db', db, ...args], terminal);
  expect([code, notes]).toEqual([0, []]);
  return JSON.parse(out.join(''));
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const COLUMNS =
  'BillingAccountId,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ProviderName,InvoiceIssuerName,InvoiceId,Tags';
const charge = (day: string, amount: string, tags: Readonly<Record<string, string>>): string =>
  `acct,2025-10-01,2025-11-01,${day}T00:00:00Z,${day}T23:00:00Z,Usage,${amount},${amount},${amount},${amount},USD,Claude API,Anthropic,Anthropic,INV-1,"${JSON.stringify(tags).replaceAll('"', '""')}"`;

const RULES = `
version: 1
dimensions:
  - id: team
    rules:
      - {id: owned, name: Owned, when: {attribute: "tag:owner", exists: true}, allocateTo: {attribute: "tag:owner"}}
      - id: ci
        name: CI is shared
        when: {attribute: "tag:shared", is: ci}
        allocateTo: {split: {method: proportional, to: spend, among: [Search, Ads]}}
      - id: gateway
        name: The gateway follows its requests
        when: {attribute: "tag:shared", is: gateway}
        allocateTo: {split: {method: measure, measure: requests, fallback: Platform}}
      - id: seats
        name: Seats follow heads
        when: {attribute: "tag:shared", is: seats}
        allocateTo: {split: {method: measure, measure: headcount}}
    shared:
      - id: platform
        name: Platform is passed on
        owner: Platform
        split: {method: fixed, shares: {Search: 62.5, Ads: 37.5}}
  - id: product
    rules:
      - {id: finder, name: Finder, when: {dimension: team, is: Search}, allocateTo: {value: Finder}}
`;

async function spendBy(...keys: readonly string[]): Promise<Record<string, string>> {
  const answer = await run('spend', '--by', keys.join(','), '--from', '2025-10-01', '--to', '2025-10-31');
  const { rows } = answer as { rows: Record<string, string>[] };
  return Object.fromEntries(rows.map((row) => [keys.map((key) => row[key]).join(' '), row['cost'] ?? '']));
}

beforeEach(async () => {
  db = join(folder, `${(count += 1)}.db`);
  const charges = [
    charge('2025-10-02', '30', { owner: 'Search' }),
    charge('2025-10-03', '10', { owner: 'Ads' }),
    charge('2025-10-04', '8', { owner: 'Platform' }),
    charge('2025-10-05', '4', { shared: 'ci' }),
    charge('2025-10-06', '6', { shared: 'gateway' }),
    charge('2025-10-07', '12', { shared: 'seats' }),
  ];
  await run('import', 'focus', write('bill.csv', [COLUMNS, ...charges, ''].join('\n')));
  const people = [
    'email,name,team,effective_from,effective_to',
    'ana@x.test,Ana,Search,2025-01-01,',
    'bo@x.test,Bo,Ads,2025-01-01,',
  ];
  await run('people', 'import', write('people.csv', `${people.join('\n')}\n`));
});

describe('Splits from the terminal', () => {
  it('share out money by spend, head count and shared costs, and follow the measures that come later', async () => {
    await run('rules', 'import', write('rules.yml', RULES));
    await run('reallocate');
    // Search: 30 + 3 of CI + 6 of the seats + 62.5 % of Platform's 8 and of the gateway's 6, which fell back on it.
    expect(await spendBy('team')).toEqual({ Search: '47.75', Ads: '22.25' });
    const measures = write(
      'requests.csv',
      'date,measure,label,amount\n2025-10-01,requests,Search,1\n2025-10-31,requests,Ads,2\n2025-11-01,requests,Ads,7\n',
    );
    expect(await run('measures', 'import', measures)).toEqual({
      rows: 3,
      changed: 3,
      staleMonths: ['2025-10'],
    });
    expect(await run('measures', 'import', measures)).toEqual({ rows: 3, changed: 0, staleMonths: [] });
    expect(await spendBy('team')).toEqual({ Search: '46', Ads: '24' });
    expect(await spendBy('team', 'product')).toEqual({ 'Search Finder': '46', 'Ads Unallocated': '24' });
    expect(await run('reconcile', '--period', '2025-10')).toMatchObject({
      invoices: [{ billed: '70', allocated: '70', unallocated: '0', residual: '0' }],
    });
  });

  it('go round as a file unchanged, shared costs too', async () => {
    await run('rules', 'import', write('rules.yml', RULES));
    const exported = write('exported.json', JSON.stringify(await run('rules', 'export')));
    expect(await run('rules', 'import', exported)).toMatchObject({ changed: false });
  });

  it('are previewed in money, to the very figures that follow', async () => {
    await run('rules', 'import', write('rules.yml', RULES));
    await run('reallocate');
    const before = await spendBy('team');
    const edited = write('edited.yml', RULES.replace('Search: 62.5, Ads: 37.5', 'Search: 50, Ads: 50'));
    expect(await run('rules', 'preview', edited)).toMatchObject({
      lines: [
        'team: changed shared cost "Platform is passed on": split by fixed shares: Search 62.5 %, Ads 37.5 % → split by fixed shares: Search 50 %, Ads 50 %',
      ],
      diff: {
        moved: [
          { dimension: 'product', from: 'Finder', to: null, cost: '1.75' },
          { dimension: 'team', from: 'Search', to: 'Ads', cost: '1.75' },
        ],
      },
    });
    expect(await spendBy('team')).toEqual(before);
    await run('rules', 'import', edited);
    await run('reallocate');
    expect(await spendBy('team')).toEqual({ Search: '46', Ads: '24' });
  });

  it('that meet a negative weight or have nothing to pass on are named by lint', async () => {
    const negative = [
      'date,measure,label,amount',
      '2025-10-01,requests,Search,-1',
      '2025-10-01,requests,Ads,1',
    ];
    await run('measures', 'import', write('negative.csv', `${negative.join('\n')}\n`));
    await run('rules', 'import', write('rules.yml', RULES.replace('owner: Platform', 'owner: Nobody')));
    const findings = (await run('rules', 'lint')) as { sentence: string }[];
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      'team: "Platform is passed on" has nothing to pass on.',
      'team: "The gateway follows its requests" weighs Search with -1 in 2025-10; it counts as zero.',
    ]);
  });
});
