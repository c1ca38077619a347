import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTerminal } from '../../src/terminal/program.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs one command; answers its exit code with what it wrote. */
async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runTerminal(['--db', join(folder, 'company.db'), ...args], {
    out: (text) => out.push(text),
    note: (line) => notes.push(line),
  });
  return { code, out: out.join(''), notes: notes.join('\n') };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const HEAD =
  'BillingAccountId,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ProviderName,InvoiceIssuerName,InvoiceId,x_ApiKeyName,x_UserEmail';

function row(key: string, amount: string, email = ''): string {
  const period = '2025-10-01T00:00:00Z,2025-11-01T00:00:00Z,2025-10-05T00:00:00Z,2025-10-06T00:00:00Z';
  const costs = [amount, amount, amount, amount].join(',');
  return `acct,${period},Usage,${costs},USD,Claude API,Anthropic,Anthropic,INV-10,${key},${email}`;
}

const RULES = `version: 1
dimensions:
  - id: team
    rules:
      - {id: ci, name: CI is shared, when: {attribute: apiKeyName, is: ci}, allocateTo: {split: {method: proportional, to: spend, among: [Search, Support]}}}
      - {id: person, name: The person's team, when: {attribute: email, exists: true}, allocateTo: {owner: team}}
      - {id: support, name: Support's key, when: {attribute: apiKeyName, is: support}, allocateTo: {value: Support}}
`;

const PEOPLE = `email,name,team,manager_email,cost_centre,effective_from,effective_to
ana@larkspur.test,Ana Ruiz,Search,bo@larkspur.test,cc-7,2024-01-01,
bo@larkspur.test,Bo Li,Search,,cc-7,2024-01-01,
`;

const EXPLAIN = ['explain', '--from', '2025-10-01', '--to', '2025-10-31'];

beforeAll(async () => {
  const bill = [
    HEAD,
    row('ana', '30', 'ana@larkspur.test'),
    row('support', '10'),
    row('ci', '8'),
    row('who', '1'),
  ];
  await run('people', 'import', file('people.csv', PEOPLE));
  await run('rules', 'import', file('rules.yml', RULES));
  await run('import', 'focus', file('bill.csv', `${bill.join('\n')}\n`));
});

describe('apportion explain', () => {
  it('leads from a team’s figure to its invoice, rules, people, splits and charges', async () => {
    const { code, out } = await run('--json', ...EXPLAIN, '--where', 'team=Search');
    expect(code).toBe(0);
    const lineage: unknown = JSON.parse(out);
    expect(lineage).toMatchObject({
      currency: 'USD',
      dimension: 'team',
      from: '2025-10-01',
      to: '2025-10-31',
      total: '36',
      confidence: [{ confidence: 'billed', cost: '36' }],
      bills: [
        {
          cost: '36',
          invoice: { invoiceId: 'INV-10', billingPeriod: '2025-10' },
          rules: [
            {
              cost: '30',
              version: 1,
              rule: { id: 'person' },
              hows: [
                {
                  how: {
                    kind: 'directory',
                    evidence: {
                      person: { email: 'ana@larkspur.test' },
                      memberships: [
                        { team: 'Search', from: '2024-01-01', to: null, managerEmail: 'bo@larkspur.test' },
                      ],
                    },
                  },
                  lines: [{ cost: '30', day: '2025-10-05', raw: [{ endpoint: 'bill.csv' }] }],
                },
              ],
            },
            {
              cost: '6',
              rule: { id: 'ci' },
              hows: [
                {
                  chargeCost: '8',
                  how: {
                    kind: 'split',
                    steps: [
                      {
                        kind: 'rule',
                        recipient: 'Search',
                        weights: {
                          unit: 'spend',
                          owners: [
                            { owner: 'Search', weight: '30' },
                            { owner: 'Support', weight: '10' },
                          ],
                          share: { weight: '30', total: '40' },
                        },
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('says the same in words', async () => {
    const { out } = await run(...EXPLAIN, '--where', 'team=Search');
    expect(out.split('\n').map((line) => line.trim())).toEqual([
      '36 USD',
      '36  bill, invoice INV-10, 2025-10',
      `30  Rule "The person's team" (person), version 1`,
      "e-mail is set → the owner's team on the day of use",
      '30  The directory names Search.',
      'The person is Ana Ruiz (ana@larkspur.test, employee).',
      'ana@larkspur.test was in Search from 2024-01-01 on, manager bo@larkspur.test, cost centre cc-7.',
      '30  2025-10-05 ana (billed)',
      '6  Rule "CI is shared" (ci), version 1',
      'API key name is "ci" → split in proportion to direct spend among Search, Support',
      '6  Step 1 in 2025-10, the rule "CI is shared" (ci): API key name is "ci" → split in proportion to direct spend among Search, Support.',
      "Search's share: 3/4 = 75.00 % (spend of the month: Search 30, Support 10).",
      '6  2025-10-05 ci (billed)',
      '',
    ]);
  });

  it('tells why nobody owns money, and adds up what it does not list', async () => {
    const { out } = await run(...EXPLAIN, '--where', 'team=Unallocated', '--lines', '0');
    expect(out).toContain('Unallocated: no rule matches, version 1');
    expect(out).toContain('1  in 1 more');
  });

  it('refuses a key that does not exist, in one sentence', async () => {
    const { code, notes } = await run(...EXPLAIN, '--by', 'squad');
    expect(code).toBe(1);
    expect(notes).toContain('"squad" is nothing to group or filter by');
    expect((await run(...EXPLAIN, '--by', 'model')).notes).toContain('"model" has no rules');
  });
});
