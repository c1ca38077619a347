import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runTerminal } from '../../src/terminal/program.js';

// What docs/allocation.md promises under "What is true without a rule that says so".

const HEADER =
  'BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ContractedCost,EffectiveCost,InvoiceIssuerName,ListCost,ProviderName,ServiceCategory,ServiceName,x_ApiKeyName,x_UserEmail';
const charge = (cost: number, days: string, key: string, email = ''): string =>
  `${cost},a,USD,2026-10-01,2026-11-01,Usage,${days},${cost},${cost},X,${cost},X,AI and Machine Learning,S,${key},${email}`;
const FILES = {
  'bill.csv': [
    HEADER,
    charge(10, '2026-10-01,2026-10-02', 'stranger', 'nobody@x.example'),
    charge(30, '2026-10-05,2026-10-08', 'three-days'),
    charge(5, '2026-10-09,2026-10-10', 'platform'),
    charge(7, '2026-10-09,2026-10-10', 'weightless'),
    charge(6, '2026-10-09,2026-10-10', 'idle-pool'),
    charge(8, '2026-10-09,2026-10-10', 'heads'),
  ].join('\n'),
  'people.csv': `email,name,team,manager_email,cost_centre,effective_from,effective_to,aliases,slack_id,kind
a@x.example,A,Search,,CC-1,2025-01-01,,,,employee
b@x.example,B,Support,,CC-2,2025-01-01,,,,contractor
bot@x.example,Bot,Support,,CC-2,2025-01-01,,,,service
`,
  'rules.yml': `version: 1
dimensions:
  - id: team
    rules:
      - {id: people, name: People, when: {attribute: email, exists: true}, allocateTo: {owner: team}}
      - {id: platform, name: Platform, when: {attribute: apiKeyName, is: platform}, allocateTo: {value: Platform}}
      - {id: weightless, name: Weightless, when: {attribute: apiKeyName, is: weightless}, allocateTo: {split: {method: measure, measure: nothing}}}
      - {id: idle, name: Idle, when: {attribute: apiKeyName, is: idle-pool}, allocateTo: {value: Idle}}
      - {id: heads, name: Heads, when: {attribute: apiKeyName, is: heads}, allocateTo: {split: {method: measure, measure: headcount}}}
      - {id: rest, name: Rest, when: {attribute: serviceName, exists: true}, allocateTo: {value: Rest}}
    shared:
      - {id: shared-platform, name: Platform, owner: Platform, split: {method: even, among: [Search, Support]}}
      - {id: shared-idle, name: Idle, owner: Idle, split: {method: measure, measure: nothing}}
  - id: product
    rules:
      - {id: finder, name: Finder, when: {dimension: team, is: Search}, allocateTo: {value: Finder}}
      - {id: platform, name: Platform, when: {dimension: team, is: Platform}, allocateTo: {value: Never}}
`,
} as const;

const folder = mkdtempSync(join(tmpdir(), 'apportion-promises-'));
const at = (file: string): string => join(folder, file);

async function run(...args: readonly string[]): Promise<string> {
  let out = '';
  const notes: string[] = [];
  const code = await runTerminal(['--db', at('ledger.db'), ...args], {
    out: (text) => {
      out += text;
    },
    note: (line) => notes.push(line),
  });
  expect(code === 0 ? '' : notes.join(' ')).toBe('');
  return out;
}

/** `{Search: '2.5', ...}` of one key. */
async function owners(by: string, key: string): Promise<Readonly<Record<string, string>>> {
  const range = ['--from', '2026-10-01', '--to', '2026-10-31'];
  const printed = await run('spend', '--by', `${by},key`, ...range, '--json');
  const answer = JSON.parse(printed) as { rows: readonly Record<string, string>[] };
  return Object.fromEntries(
    answer.rows.filter((row) => row['key'] === key).map((row) => [row[by] ?? '', row['cost'] ?? '']),
  );
}

beforeAll(async () => {
  for (const [file, text] of Object.entries(FILES)) writeFileSync(at(file), text);
  await run('import', 'focus', at('bill.csv'));
  await run('people', 'import', at('people.csv'));
  await run('rules', 'import', at('rules.yml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('money whose rule finds no owner is Unallocated; the next rule is not tried', async () => {
  expect(await owners('team', 'stranger')).toEqual({ Unallocated: '10' });
});

it('a later dimension sees the earlier one after step-down', async () => {
  expect(await owners('team', 'platform')).toEqual({ Search: '2.5', Support: '2.5' });
  expect(await owners('product', 'platform')).toEqual({ Finder: '2.5', Unallocated: '2.5' });
});

it('a split rule or shared cost without weights and without a fallback is Unallocated', async () => {
  expect(await owners('team', 'weightless')).toEqual({ Unallocated: '7' });
  expect(await owners('team', 'idle-pool')).toEqual({ Unallocated: '6' });
});

it('service accounts are no heads', async () => {
  expect(await owners('team', 'heads')).toEqual({ Search: '4', Support: '4' });
});

it('a charge over several days is spread by days', async () => {
  expect(await owners('day', 'three-days')).toEqual({
    '2026-10-05': '10',
    '2026-10-06': '10',
    '2026-10-07': '10',
  });
});
