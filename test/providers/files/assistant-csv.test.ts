import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import { createProvider } from '../../../src/providers/catalog.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../support/context.js';
import { clock, range } from '../../support/vendors/all.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

function providerOf(
  kind: 'cursor-csv' | 'github-copilot-csv',
  text: string,
  options: Readonly<Record<string, unknown>> = {},
) {
  const path = join(folder, `export-${(count += 1)}.csv`);
  writeFileSync(path, text);
  return createProvider({ name: 'export', kind, credential: null, baseUrl: null, path, options }, { clock });
}
const pull = (...given: Parameters<typeof providerOf>) =>
  providerOf(...given).pull(range('2026-01-01', '2026-01-02'), []);
const refusal = async (...given: Parameters<typeof providerOf>) =>
  await pull(...given).catch((error: Error) => error.message.replace(/export-\d+/, 'export'));

const CURSOR =
  'Date,User,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n';

describe("Cursor's usage export", () => {
  it('bills what is on demand, and takes the two input columns for two views of one input', async () => {
    const { charges, scope } = await pull(
      'cursor-csv',
      `${CURSOR}2026-11-18T17:02:11.417Z,Mia.Chen@larkspur.example,,,On-Demand,gpt-6-sol,No,55920,4120,402300,6210,464430,$1.0000000013
2026-11-18T16:58:03.417Z,mia.chen@larkspur.example,,,Included,gpt-6-sol,No,12900,900,81000,1440,95340,Included
2026-11-19T11:12:55.002Z,tom@larkspur.example,,auto-7,"Errored, No Charge",composer-2.5,No,0,0,0,0,0,0
2026-11-20T00:00:00Z,tom@larkspur.example,,auto-7,On-Demand,composer-2.5,No,7,5,1,1,14,"1,000.5"
2026-11-21T00:00:00Z,tom@larkspur.example,,,On-Demand,composer-2.5,No,0,0,0,0,0,"-$1,000.25"\n`,
      { cycleStart: '2026-11-03' },
    );
    expect(
      charges.map(({ chargeDay, billedCost, consumedQuantity, set }) => [
        chargeDay,
        billedCost,
        consumedQuantity,
        set.attributes.email,
      ]),
    ).toEqual([
      ['2026-11-18', 0n, 95_340, 'mia.chen@larkspur.example'],
      ['2026-11-18', 1_000_000_001n, 464_430, 'mia.chen@larkspur.example'],
      ['2026-11-20', 1_000_500_000_000n, 14, 'tom@larkspur.example'],
      ['2026-11-21', -1_000_250_000_000n, 0, 'tom@larkspur.example'],
    ]);
    expect(charges.at(-2)?.set.attributes.resourceId).toBe('cursor/automation/auto-7');
    expect(charges[0]?.bill.billingPeriodStart).toBe('2026-11-03');
    expect(scope).toEqual({ kind: 'charge-days', from: '2026-11-18', to: '2026-11-22' });
  });

  it('reads older files without the leading columns, and rates what is said to cost nothing', async () => {
    const { charges, unrated, remarks } = await pull(
      'cursor-csv',
      'Date,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Cost\n2026-11-18 17:02:11,claude-opus-5.5,10,4,0,2,Included\n2026-11-18 18:00:00,claude-opus-5.5,10,4,0,2,$0.00\n',
    );
    expect(charges.map(({ billedCost, consumedQuantity }) => [billedCost, consumedQuantity])).toEqual([
      [0n, 12],
    ]);
    expect(unrated?.usage.map(({ thing, units }) => [thing.tokenType, units])).toEqual([
      ['uncached_input', 4n],
      ['cache_write_5m', 6n],
      ['output', 2n],
    ]);
    expect(remarks).toHaveLength(1);
  });

  it.each([
    [
      `${CURSOR}yesterday,a@b.c,,,Included,m,No,0,0,0,0,1,Included\n`,
      'export.csv, row 2, column Date: "yesterday" is no instant such as 2026-11-18T17:02:11.417Z.',
    ],
    [
      `${CURSOR}2026-11-18T17:02:11Z,a@b.c,,,On-Demand,m,No,0,0,0,0,1,a lot\n`,
      'export.csv, row 2, column Cost: "a lot" is neither an amount nor Included or Free.',
    ],
    [
      'Date,User,Model,Requests\n',
      'export.csv has no column Cost: it is not the export that this source reads.',
    ],
    [
      `${CURSOR}2026-11-18T17:02:11Z,"a@b.c,,\n`,
      'export.csv, row 2: a quote is not closed; export it again.',
    ],
    [CURSOR, 'export.csv holds no row with usage; export it for other days.'],
  ])('refuses what it cannot read, with one sentence (%#)', async (text, sentence) => {
    expect(await refusal('cursor-csv', text)).toBe(sentence);
  });
});

const COPILOT =
  'date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,net_amount,exceeds_quota,total_monthly_quota,organization,cost_center_name\n';

describe('the usage report of GitHub Copilot', () => {
  const text = `${COPILOT}5/29/26,mchen-lksp,copilot,Copilot AI Credits,Claude Opus 5.5,410.5,ai-credits,0.01,4.105,4.105,0,False,1900,larkspur,CC-7 Labs
2026-05-30,mchen-lksp,copilot,copilot_ai_credits,GPT-6 Sol,300,ai-credits,0.01,3,1,2,True,1900,larkspur,
2026-05-30,,copilot,copilot_for_business,,0.1,user-months,19,1.9,0,1.9,,,larkspur,
2026-05-30,mchen-lksp,actions,actions_linux,,5,minutes,1,5,0,5,,,larkspur,\n`;

  it('takes the amounts by user as they are, days of any spelling, and leaves other products out', async () => {
    const { charges, scope, remarks } = await pull('github-copilot-csv', text, {
      logins: { 'MChen-lksp': 'Mia.Chen@larkspur.example' },
    });
    expect(
      charges.map(({ chargeDay, billedCost, listCost, set, kind }) => [
        chargeDay,
        billedCost,
        listCost,
        set.attributes.email,
        set.tags['costCentre'],
        kind.chargeFrequency,
      ]),
    ).toEqual([
      ['2026-05-29', 0n, 4_105_000_000n, 'mia.chen@larkspur.example', 'CC-7 Labs', 'Usage-Based'],
      ['2026-05-30', 2_000_000_000n, 3_000_000_000n, 'mia.chen@larkspur.example', undefined, 'Usage-Based'],
      ['2026-05-30', 1_900_000_000n, 1_900_000_000n, undefined, undefined, 'Recurring'],
    ]);
    expect(new Set(charges.map(({ set }) => set.attributes.skuId))).toEqual(
      new Set(['copilot_ai_credits', 'copilot_for_business']),
    );
    expect(scope).toEqual({ kind: 'charge-days', from: '2026-05-29', to: '2026-05-31' });
    expect(remarks).toEqual(['1 rows of other products than Copilot were left out.']);
  });

  it('changes nothing when it is read twice', async () => {
    const provider = providerOf('github-copilot-csv', text);
    const context = await createTestContext({ now: '2026-11-23', providers: [provider] });
    expect(await ingestSource(context, provider, null)).toMatchObject({ ok: true, charges: 3 });
    expect(await ingestSource(context, provider, null)).toMatchObject({ ok: true, unchanged: true });
    const { charges } = await provider.pull(range('2026-01-01', '2026-01-02'), []);
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(3_900_000_000n);
  });

  it.each([
    [
      `${COPILOT}31/12/26,a,copilot,copilot_ai_credits,m,1,c,1,1,0,1,,,o,\n`,
      'export.csv, row 2, column date: "31/12/26" is no day such as 2026-05-29 or 5/29/26.',
    ],
    [
      `${COPILOT}2026-05-29,a,copilot,copilot_ai_credits,m,1,c,1,one,0,1,,,o,\n`,
      'export.csv, row 2, column gross_amount: "one" is not an amount.',
    ],
  ])('refuses what it cannot read, with one sentence (%#)', async (broken, sentence) => {
    expect(await refusal('github-copilot-csv', broken)).toBe(sentence);
  });

  it('needs a path', () => {
    const source = {
      name: 'x',
      kind: 'cursor-csv',
      credential: null,
      baseUrl: null,
      path: null,
      options: {},
    };
    expect(() => createProvider(source, { clock })).toThrow('Source "x" of kind cursor-csv needs a path.');
  });
});
