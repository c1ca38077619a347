import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../../src/core/base/money.js';
import { ingestSource } from '../../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../../support/context.js';
import { clock, connect, exactUnits, range } from '../../../support/vendors/all.js';

const COST =
  'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed,api_key_id,api_key_status';
const USAGE =
  'usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed';
const ROWS = [
  '2026-11-17,Claude Sonnet 5,web,web-prod,message,≤ 200k,input_no_cache,2.82,3.80,token,global,,apikey_Web,active',
  '2026-11-17,Claude Sonnet 5,web,web-prod,message,≤ 200k,output,8.86,10.50,token,global,,apikey_Web,active',
  '2026-11-17,Claude Sonnet 5,web,web-prod,message,> 200k,output,1.10,1.20,token,us,fast,apikey_Web,active',
  '2026-11-17,Claude Sonnet 5,web,web-prod,message,,,1.20,1.20,web_search,global,,apikey_Web,active',
  '2026-11-17,Claude Opus 5.5,Claude Code,,message,≤ 200k,output,11.78,12.80,token,global,,,',
  '2026-11-17,Claude Opus 5.5,Claude Code,,message,≤ 200k,output,2.02,2.20,token,global,,,',
  '2026-11-18,Claude Haiku 4.5,Default,nightly,batch,≤ 200k,output,9.20,10.00,token,global,,apikey_Night,archived',
  '2026-11-18,,Default,nightly,,,,0.55,0.55,code_execution,,,apikey_Night,archived',
];
const USAGE_ROWS = [
  '2026-11-17,claude-sonnet-5,web-prod,web,message,≤ 200k,1000,0,0,0,2050,120,global,',
  '2026-11-17,claude-opus-5-5,,Claude Code,message,≤ 200k,0,0,0,0,640,0,global,',
  '2026-11-17,claude-opus-5-5,,Claude Code,message,≤ 200k,0,0,0,0,110,0,global,',
  '2026-11-18,claude-haiku-4-5-20251001,nightly,Default,batch,≤ 200k,0,0,0,0,4000,0,global,',
  '2026-11-19,claude-haiku-4-5-20251001,nightly,Default,batch,≤ 200k,0,0,0,0,777,0,global,',
];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function folderOf(files: Readonly<Record<string, readonly string[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  folders.push(folder);
  for (const [name, lines] of Object.entries(files))
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return folder;
}

const providerOf = (path: string, options = {}) =>
  connect('anthropic-console-csv', { source: 'console', path, clock, options });
const pullOf = (files: Readonly<Record<string, readonly string[]>>, options = {}) =>
  providerOf(folderOf(files), options).pull(range('2026-01-01', '2026-01-02'), []);

describe('exports of the Claude Console', () => {
  it('are money by key, with the quantities of the usage export', async () => {
    const pull = await pullOf({ 'cost.csv': [COST, ...ROWS], 'usage.csv': [USAGE, ...USAGE_ROWS] });
    const find = (sku: string) => pull.charges.find(({ set }) => set.attributes.skuId === sku);
    expect(find('claude-sonnet-5|output_tokens|standard')).toMatchObject({
      chargeDay: '2026-11-17',
      billedCost: 8_860_000_000n,
      listCost: 10_500_000_000n,
      consumedQuantity: 2050,
      set: {
        attributes: {
          apiKeyId: 'apikey_Web',
          apiKeyName: 'web-prod',
          subAccountName: 'web',
          model: 'claude-sonnet-5',
          skuMeter: 'Output Tokens',
        },
      },
      kind: { confidence: 'billed' },
    });
    expect(find('claude-sonnet-5|web_search|standard')).toMatchObject({ consumedQuantity: 120 });
    expect(find('claude-sonnet-5|output_tokens|standard|200k-1M|us|fast')).toMatchObject({
      billedCost: 1_100_000_000n,
      consumedQuantity: null,
    });
    expect(find('claude-haiku-4-5|output_tokens|batch')).toMatchObject({
      consumedQuantity: 4000,
      set: { attributes: { subAccountId: 'default', subAccountName: 'Default' } },
    });
    expect(find('none|code_execution|standard')).toMatchObject({ billedCost: 550_000_000n });
    expect(sumNanos(pull.charges.map(({ billedCost }) => billedCost))).toBe(37_530_000_000n);
    expect(pull).toMatchObject({
      scope: { kind: 'charge-days', from: '2026-11-17', to: '2026-11-19' },
      completeThrough: '2026-11-18',
      remarks: [expect.stringContaining('rounds each row of its export to cents')],
    });
  });

  it('add up what they cannot tell apart: people without a key', async () => {
    const { charges } = await pullOf({ 'cost.csv': [COST, ...ROWS], 'usage.csv': [USAGE, ...USAGE_ROWS] });
    const code = charges.filter(({ set }) => set.attributes.serviceName === 'Claude Code');
    expect(code).toHaveLength(1);
    expect(code[0]).toMatchObject({
      billedCost: 13_800_000_000n,
      listCost: 15_000_000_000n,
      consumedQuantity: 750,
    });
  });

  it('are read by the names in their header: other orders, older and newer columns', async () => {
    const older = [
      'cost_usd,token_type,workspace,model,usage_date_utc,api_key,a_new_column',
      '1.234567891,output,web,Claude Sonnet 3.7,2026-11-17,web-prod,x',
      '0.5,output,,Claude Sonnet 3.7,2026-11-17,,x',
    ];
    const usage = [
      'usage_date_utc,model_version,workspace,api_key,usage_output_tokens',
      '2026-11-17,claude-3-7-sonnet-20250219,web,web-prod,42',
    ];
    const { charges, remarks } = await pullOf({ 'c.csv': older, 'u.csv': usage });
    const [nobody, web] = charges;
    expect([web]).toMatchObject([
      {
        billedCost: 1_234_567_891n,
        listCost: 1_234_567_891n,
        consumedQuantity: 42,
        set: {
          attributes: {
            apiKeyName: 'web-prod',
            resourceId: 'anthropic/apikey-name/web/web-prod',
            resourceType: 'API Key',
          },
        },
      },
    ]);
    expect(web?.set.attributes).not.toHaveProperty('apiKeyId');
    expect(nobody?.set.attributes).toMatchObject({
      subAccountId: 'default',
      subAccountName: 'Default',
      resourceType: 'Account',
    });
    expect(remarks).toEqual(['c.csv: column a_new_column is not used.']);
  });

  it('share the tokens of a name between the keys that bear it by what they cost', async () => {
    const rows = ['apikey_1,3', 'apikey_2,1'].map((row) => {
      const [id, cost] = row.split(',');
      return `2026-11-17,Claude Sonnet 5,web,twin,message,≤ 200k,output,${cost},${cost},token,global,,${id},active`;
    });
    const usage = '2026-11-17,claude-sonnet-5,twin,web,message,≤ 200k,0,0,0,0,1000,0,global,';
    const { charges } = await pullOf({ 'c.csv': [COST, ...rows], 'u.csv': [USAGE, usage] });
    expect(charges.map(({ set, consumedQuantity }) => [set.attributes.apiKeyId, consumedQuantity])).toEqual([
      ['apikey_1', 750],
      ['apikey_2', 250],
    ]);
  });

  it('keep every nano of any amounts, whatever their order', async () => {
    const amount = fc
      .tuple(fc.nat(99_999), fc.nat(999_999_999))
      .map(([a, b]) => `${a}.${String(b).padStart(9, '0')}`);
    await fc.assert(
      fc.asyncProperty(fc.array(amount, { minLength: 1, maxLength: 12 }), async (amounts) => {
        const lines = amounts.map(
          (cost, i) =>
            `2026-11-17,Claude Sonnet 5,web,key-${i % 3},message,≤ 200k,output,${cost},,token,global,,,`,
        );
        const { charges } = await pullOf({ 'c.csv': [COST, ...lines] });
        const reversed = await pullOf({ 'c.csv': [COST, ...lines.toReversed()] });
        expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(
          sumNanos(amounts.map((text) => exactUnits(text, 9))),
        );
        expect(reversed.charges).toEqual(charges);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [{ 'c.csv': [COST, ROWS[0]!.replace('2.82', '2,82')] }, 'c.csv, row 2: 15 cells under a header of 14'],
    [
      { 'c.csv': [COST, ROWS[0]!.replace('2.82', '€2.82')] },
      'c.csv, row 2, column cost_usd: "€2.82" is in EUR, but the currency of the row is USD.',
    ],
    [
      { 'c.csv': [COST, ROWS[0]!.replace('2026-11-17', '17.11.2026')] },
      'c.csv, row 2, column usage_date_utc: "17.11.2026" is no day',
    ],
    [
      { 'u.csv': [USAGE, USAGE_ROWS[0]!.replace('2050', '2e3')], 'c.csv': [COST, ...ROWS] },
      'u.csv, row 2, column usage_output_tokens: "2e3" is no whole number.',
    ],
    [
      { 'c.csv': [COST.replace(',workspace', ',team'), ...ROWS] },
      'c.csv, row 1: the header lacks workspace.',
    ],
    [{ 'x.csv': ['a,b', '1,2'] }, 'x.csv, row 1: this is no export of the Claude Console'],
    [
      { 'a.csv': [COST, ROWS[0]!], 'b.csv': [COST, ROWS[6]!, ROWS[1]!] },
      'b.csv, row 3, column usage_date_utc: 2026-11-17 of workspace "web" stands in a.csv too; keep the newer of the two exports.',
    ],
    [{ 'u.csv': [USAGE, ...USAGE_ROWS] }, 'holds no costs; export the cost page of the Console'],
    [{ 'notes.txt': ['hello'] }, 'holds no .csv file'],
  ])('are refused with file, row and column: %#', async (files, sentence) => {
    await expect(pullOf(files as unknown as Record<string, string[]>)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(sentence) as unknown,
    });
  });

  it('say so when the path cannot be read', async () => {
    await expect(providerOf('/nowhere/cost.csv').pull(range('2026-11-17', '2026-11-18'), [])).rejects.toThrow(
      '/nowhere/cost.csv cannot be read; check the path and its permissions.',
    );
  });

  it('replace their days in the ledger: twice the same, then restated, then rows less when that is said to be right', async () => {
    const folder = folderOf({ 'cost.csv': [COST, ...ROWS] });
    const provider = providerOf(folder, { organizationId: 'org_Larkspur' });
    const context = await createTestContext({ now: '2026-11-23', providers: [provider] });
    const days = range('2026-11-01', '2026-11-24');
    const pull = () => ingestSource(context, provider, days);
    const held = async () =>
      (await context.store.querySpend({ by: ['source'], range: days, where: [], currency: 'USD' })).total;
    await pull();
    expect(await held()).toBe(37_530_000_000n);
    expect(await pull()).toMatchObject({ ok: true, unchanged: true });
    writeFileSync(join(folder, 'cost.csv'), `${[COST, ...ROWS].join('\n').replace('8.86', '8.96')}\n`);
    await pull();
    expect(await held()).toBe(37_630_000_000n);
    writeFileSync(join(folder, 'cost.csv'), `${[COST, ...ROWS.slice(2)].join('\n')}\n`);
    expect(await pull()).toMatchObject({
      ok: false,
      fault: 'input',
      sentence: expect.stringContaining('the file is smaller than what the ledger has') as unknown,
    });
    expect(await held()).toBe(37_630_000_000n);
    await ingestSource(context, { ...provider, file: { mayReplace: true } }, days);
    expect(await held()).toBe(25_850_000_000n);
    const bad = [COST, ...ROWS, 'broken'].join('\n');
    writeFileSync(join(folder, 'cost.csv'), bad);
    expect(await pull()).toMatchObject({ ok: false, fault: 'input' });
    expect(await held()).toBe(25_850_000_000n);
  });
});
