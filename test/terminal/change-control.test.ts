import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runTerminal } from '../../src/terminal/program.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-change-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
let db = '';

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal = { out: (text: string) => out.push(text), note: (line: string) => notes.push(line) };
  const code = await runTerminal(['--db', db, ...args], terminal);
  return { code, out: out.join(''), notes: notes.join('\n') };
}
async function json(...args: readonly string[]): Promise<unknown> {
  const { code, out, notes } = await run('--json', ...args);
  expect([code, out === '' ? notes : '']).toEqual([0, '']);
  return JSON.parse(out);
}
function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
function configure(text: string): void {
  vi.stubEnv('APPORTION_CONFIG', write('apportion.yml', text));
}
const rules = (owner: string) =>
  write(
    'rules.yml',
    `{version: 1, dimensions: [{id: team, rules: [{id: all, name: All, when: {attribute: serviceName, exists: true}, allocateTo: {value: ${owner}}}]}]}`,
  );
const OCTOBER = ['spend', '--by', 'team', '--from', '2025-10-01', '--to', '2025-10-31'];

beforeEach(async () => {
  db = join(folder, `${count++}.db`);
  const header =
    'BillingAccountId,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ProviderName,InvoiceIssuerName,InvoiceId';
  const row =
    'acct,2025-10-01,2025-11-01,2025-10-02T00:00:00Z,2025-10-03T00:00:00Z,Usage,100,100,100,100,USD,Claude API,Anthropic,Anthropic,INV-1';
  await json('import', 'focus', write('bill.csv', `${header}\n${row}\n`));
});
afterEach(() => void vi.unstubAllEnvs());

describe('rules import', () => {
  it('commits at once where nobody has asked for approvals', async () => {
    expect(await json('rules', 'import', rules('Search'))).toMatchObject({ changed: true, version: 1 });
  });

  it('says that it waits above the threshold, changes nothing, and is done all the same', async () => {
    configure('rules: {approval: {threshold: 99.5}}');
    expect((await run('rules', 'import', rules('Search'))).notes).toContain('such as 1000 or "1000.50"');
    configure('rules: {approval: {threshold: "99.5"}}');
    expect(await json('rules', 'preview', rules('Search'))).toMatchObject({
      need: { currency: 'USD', moved: '100', limit: '99.5' },
    });
    expect(await json('rules', 'import', rules('Search'))).toMatchObject({ changed: false, waiting: true });
    const told = await run('rules', 'import', rules('Search'));
    expect(told.code).toBe(0);
    expect(told.out).toContain('This moves 100 USD, more than the 99.5 that one person may move');
    expect(await json('rules', 'history')).toEqual([]);
    configure('rules: {approval: {threshold: 100}}');
    expect(await json('rules', 'import', rules('Search'))).toMatchObject({ changed: true });
  });
});

describe('spend --known-at', () => {
  it('answers by the version, or as of the instant, and says so', async () => {
    await json('rules', 'import', rules('Search'));
    await json('rules', 'import', rules('Ads'));
    expect(await json(...OCTOBER)).toMatchObject({ rows: [{ team: 'Ads', cost: '100' }] });
    expect(await json(...OCTOBER, '--known-at', 'v1')).toMatchObject({
      knownAt: 'v1',
      rulesVersion: 1,
      total: '100',
      rows: [{ team: 'Search', cost: '100' }],
    });
    expect(await json(...OCTOBER, '--known-at', '2025-10-31T00:00:00Z')).toMatchObject({
      rulesVersion: 0,
      rows: [{ team: 'Unallocated' }],
    });
    expect((await run(...OCTOBER, '--known-at', 'v2')).notes).toContain('By version 2 of the rules');
  });

  it('is refused with a sentence when nobody could know', async () => {
    await json('rules', 'import', rules('Search'));
    for (const [when, sentence] of [
      ['yesterday', 'write a version such as v3'],
      ['2025-10-31', 'write a version such as v3'],
      ['v9', 'There is no edition 9'],
      ['2999-01-01T00:00:00Z', 'still to come'],
    ] as const) {
      const { code, notes } = await run(...OCTOBER, '--known-at', when);
      expect([code, notes]).toEqual([1, expect.stringContaining(sentence)]);
    }
  });
});
