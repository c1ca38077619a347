import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runTerminal } from '../../src/terminal/program.js';

const Prices = z.object({
  prices: z.array(z.looseObject({ provider: z.string(), tokenType: z.string() })),
});
const folder = mkdtempSync(join(tmpdir(), 'apportion-prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(db: string, ...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal = { out: (text: string) => out.push(text), note: (line: string) => notes.push(line) };
  const code = await runTerminal(['--json', '--db', join(folder, db), ...args], terminal);
  const json: unknown = out.length === 0 ? null : JSON.parse(out.join(''));
  return { code, notes: notes.join('\n'), json };
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const COLUMNS =
  'BillingAccountId,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ProviderName,InvoiceIssuerName,InvoiceId,SkuMeter,ConsumedQuantity,ConsumedUnit,x_Model';
const bill = (amount: string) =>
  [
    COLUMNS,
    `acct,2025-10-01,2025-11-01,2025-10-02T00:00:00Z,2025-10-03T00:00:00Z,Usage,${amount},${amount},${amount},${amount},USD,OpenAI API,OpenAI,OpenAI,INV-1,Input Tokens,10000000,Tokens,gpt-6-sol`,
  ].join('\n');

describe('prices in the terminal', () => {
  it('are there at the first question, by day, tiers and all', async () => {
    const { code, json } = await run('a.db', 'prices', 'show', 'gpt-6-sol', '--on', '2026-10-15');
    expect(code).toBe(0);
    expect(json).toMatchObject({ model: 'gpt-6-sol', on: '2026-10-15' });
    const input = Prices.parse(json).prices.filter(
      ({ provider, tokenType }) => provider === 'openai' && tokenType === 'uncached_input',
    );
    expect(input).toMatchObject([
      { contextTier: 0, usdPerMillion: '2', validFrom: '1970-01-01', validTo: null },
      { contextTier: 272_000, usdPerMillion: '4' },
    ]);
  });

  it('follow a file of overrides, once, and the list again changes nothing', async () => {
    const file = write(
      'ours.csv',
      'provider,model,token_type,usd_per_million,from,to\nopenai,gpt-6-sol,uncached_input,1.5,2026-10-01,2026-11-01\n',
    );
    expect((await run('b.db', 'prices', 'import', '--bundled')).json).toMatchObject({ unchanged: false });
    expect((await run('b.db', 'prices', 'import', file)).json).toMatchObject({ added: 1, unchanged: false });
    expect((await run('b.db', 'prices', 'import', file)).json).toMatchObject({ added: 0, unchanged: true });
    expect((await run('b.db', 'prices', 'import', '--bundled')).json).toMatchObject({ unchanged: true });
    const { json } = await run('b.db', 'prices', 'show', 'gpt-6-sol', '--on', '2026-10-31');
    expect(Prices.parse(json).prices).toContainEqual(
      expect.objectContaining({ usdPerMillion: '1.5', source: file, priority: 10 }),
    );
  });

  it.each([
    [['prices', 'show', 'gpt-99'], /No price is known of "gpt-99"; prices import FILE adds one/],
    [['prices', 'import'], /Name a file with overrides, or --bundled/],
    [['prices', 'import', '/nowhere.csv'], /\/nowhere\.csv cannot be read/],
    [['accept-first-sync', 'main'], /No pull of "main" is waiting/],
  ])('refuse %j with one sentence', async (args, sentence) => {
    const { code, notes } = await run('a.db', ...args);
    expect(code).toBe(1);
    expect(notes).toMatch(sentence);
  });

  it('hold back a bill that is a hundred times too large until somebody accepts it', async () => {
    const file = write('openai.csv', bill('2000'));
    const held = await run('c.db', 'import', 'focus', file, '--source', 'openai');
    expect(held.code).toBe(1);
    expect(held.notes).toContain('OpenAI billed 2000 USD for 2025-10');
    expect((await run('c.db', 'accept-first-sync', 'openai')).json).toMatchObject({ source: 'openai' });
    expect((await run('c.db', 'import', 'focus', file, '--source', 'openai')).json).toMatchObject({
      ok: true,
      charges: 1,
    });
  });
});
