import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTerminal } from '../../src/terminal/program.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-change-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runTerminal(['--db', join(folder, 'company.db'), ...args], {
    out: (text) => out.push(text),
    note: (line) => notes.push(line),
  });
  return { code, out: out.join(''), notes: notes.join('\n') };
}

const HEAD =
  'BillingAccountId,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ProviderName,InvoiceIssuerName,InvoiceId,x_ApiKeyName,x_Model,SkuMeter,ConsumedQuantity,ConsumedUnit';

function row(
  day: string,
  [key, model, meter]: readonly [string, string, string],
  [mtok, amount]: [number, number],
): string {
  const period = `2025-10-01T00:00:00Z,2025-11-01T00:00:00Z,2025-10-${day}T00:00:00Z,2025-10-${day}T23:59:59Z`;
  const costs = [amount, amount, amount, amount].join(',');
  return `acct,${period},Usage,${costs},USD,Claude API,Anthropic,Anthropic,INV-10,${key},${model},${meter},${mtok * 1e6},Tokens`;
}

/** The worked example of price, volume and mix: a week that cost 1,760 and one that cost 3,040. */
const BILL = [
  HEAD,
  row('06', ['search-prod', 'sonnet', 'Input Tokens'], [200, 600]),
  row('07', ['search-prod', 'sonnet', 'Output Tokens'], [40, 600]),
  row('08', ['search-prod', 'haiku', 'Input Tokens'], [300, 240]),
  row('09', ['search-prod', 'haiku', 'Output Tokens'], [60, 240]),
  row('10', ['old-batch', 'haiku', 'Input Tokens'], [100, 80]),
  row('13', ['search-prod', 'sonnet', 'Input Tokens'], [330, 990]),
  row('14', ['search-prod', 'sonnet', 'Output Tokens'], [90, 1350]),
  row('15', ['search-prod', 'haiku', 'Input Tokens'], [200, 200]),
  row('16', ['search-prod', 'haiku', 'Output Tokens'], [40, 200]),
  row('17', ['evals-new', 'opus', 'Input Tokens'], [10, 150]),
  row('18', ['evals-new', 'opus', 'Output Tokens'], [2, 150]),
];
const WEEK = ['--from', '2025-10-13', '--to', '2025-10-19'];

beforeAll(async () => {
  const bill = join(folder, 'bill.csv');
  writeFileSync(bill, `${BILL.join('\n')}\n`);
  await run('import', 'focus', bill);
});

describe('apportion explain-change', () => {
  it('takes the worked example apart from the bill on, exactly', async () => {
    const { code, out } = await run('--json', 'explain-change', ...WEEK);
    expect(code).toBe(0);
    const answer = JSON.parse(out) as { parts: { cause: string; amount: string }[] };
    expect(answer).toMatchObject({
      currency: 'USD',
      before: { from: '2025-10-06', to: '2025-10-12', cost: '1760', rulesVersion: null },
      after: { from: '2025-10-13', to: '2025-10-19', cost: '3040' },
      delta: '1280',
    });
    expect(answer.parts.map(({ cause, amount }) => [cause, Number(amount).toFixed(2)])).toEqual([
      ['new-keys', '300.00'],
      ['lost-keys', '-80.00'],
      ['volume', '207.70'],
      ['model-mix', '563.73'],
      ['token-mix', '188.57'],
      ['rate', '100.00'],
      ['other', '0.00'],
      ['re-allocation', '0.00'],
    ]);
  });

  it('tells it to people in lines, for one key and for days of their choice', async () => {
    const { out } = await run(
      'explain-change',
      ...WEEK,
      '--before-from',
      '2025-10-08',
      '--before-to',
      '2025-10-10',
      '--where',
      'key=search-prod',
    );
    expect(out).toMatch(/^before: 2025-10-08 to 2025-10-10 +480 USD\n/);
    expect(out).toMatch(/Choice of models +haiku; sonnet|Choice of models +sonnet; haiku/);
    expect(out).toMatch(/\nafter: 2025-10-13 to 2025-10-19 +2740 USD\n$/);
  });

  it('refuses half a period and a filter that nothing has', async () => {
    const half = await run('explain-change', ...WEEK, '--before-from', '2025-10-01');
    expect([half.code, half.notes]).toEqual([1, 'Give both --from and --to, or neither.']);
    expect((await run('explain-change', ...WEEK, '--where', 'teem=Search')).notes).toContain(
      '"teem" is nothing to group',
    );
  });
});

describe('apportion mix', () => {
  it('tells the price of the same work per key', async () => {
    const { code, out } = await run(
      '--json',
      'mix',
      '--by',
      'key',
      '--from',
      '2025-10-01',
      '--to',
      '2025-10-31',
    );
    expect(code).toBe(0);
    const { rows } = JSON.parse(out) as { rows: Record<string, unknown>[] };
    expect(rows.map(({ label, cost, tokens }) => [label, cost, tokens])).toEqual([
      ['search-prod', '4420', 1_260_000_000],
      ['evals-new', '300', 12_000_000],
      ['old-batch', '80', 100_000_000],
    ]);
    expect(rows[1]).toMatchObject({
      month: '2025-10',
      pricePerMillion: '25',
      cachedShare: 0,
      batchShare: 0,
      retries: null,
    });
    const { out: text } = await run('mix', '--by', 'team', '--from', '2025-10-01', '--to', '2025-10-31');
    expect(text).toMatch(
      /2025-10 +Unallocated +1,372,000,000 +3\.498542274 +0\.0% +0\.0% +- +0 +sonnet +4800/,
    );
  });
});
