import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNanos, sumNanos } from '../../../src/core/base/money.js';
import { parseDay } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { Pull } from '../../../src/providers/provider.js';
import { createFocusFileProvider } from '../../../src/providers/vendors/focus-file/index.js';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'focus');
const CLOUDS = join(FIXTURES, 'focus-1.0-clouds.csv');
const AI = join(FIXTURES, 'focus-1.4-ai.csv');
const NOW = Date.parse('2026-11-23T12:00:00Z');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apportion-focus-'));
});
afterAll(() => rm(folder, { recursive: true }));

function pull(path: string, nowMs = NOW): Promise<Pull> {
  const window = { from: parseDay('2026-01-01'), to: parseDay('2026-01-02') };
  return createFocusFileProvider({ source: 'bill', path, clock: () => nowMs }).pull(window, []);
}

async function pullBytes(bytes: Uint8Array | string, name = 'bill.csv'): Promise<Pull> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return pull(path);
}

/** The fixture with cells of its first data row changed. */
async function withCells(path: string, changes: Record<string, string>): Promise<string> {
  const { data } = Papa.parse<Record<string, string>>(await readFile(path, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  });
  return `${Papa.unparse([{ ...data[0], ...changes }, ...data.slice(1)])}\r\n`;
}

function billed(charges: readonly Charge[], provider: string): string {
  const own = charges.filter(({ set }) => set.attributes.serviceProviderName === provider);
  return formatNanos(sumNanos(own.map(({ billedCost }) => billedCost)));
}

describe('a FOCUS 1.0 file of three clouds', () => {
  it('adds up exactly per provider, though its amounts are finer than a nano', async () => {
    const { charges } = await pull(CLOUDS);
    // 3 x 0.00000080004 = 0.00000240012: row by row it would round to 2400.
    expect(billed(charges, 'AWS')).toBe('13.0000024');
    expect(billed(charges, 'Oracle')).toBe('0.012');
    expect(billed(charges, 'Microsoft')).toBe('-0.000000003');
  });

  it('puts hours on their UTC day and reads dates without a zone as UTC', async () => {
    const { charges } = await pull(CLOUDS);
    expect(charges.slice(0, 3).map(({ chargeDay }) => chargeDay)).toEqual([
      '2026-09-18',
      '2026-09-18',
      '2026-09-19',
    ]);
  });

  it('takes the word NULL and nothing at all for no value', async () => {
    const { charges } = await pull(CLOUDS);
    const oracle = charges.find(({ bill }) => bill.invoiceIssuerName === 'Oracle');
    expect(oracle?.bill).toEqual({
      billingAccountId: '20209880',
      billingAccountName: null,
      billingPeriodStart: '2026-09-01',
      billingPeriodEnd: '2026-10-01',
      invoiceId: null,
      invoiceIssuerName: 'Oracle',
      billingCurrency: 'USD',
    });
    expect(oracle?.set.attributes).not.toHaveProperty('resourceName');
    expect(charges[0]?.set.attributes).not.toHaveProperty('serviceCategory');
    expect(charges[0]?.kind.chargeClass).toBeNull();
  });

  it('mends the case of closed values and keeps a missing ContractedCost as 0 with a remark', async () => {
    const { charges, remarks } = await pull(CLOUDS);
    const oracle = charges.find(({ bill }) => bill.invoiceIssuerName === 'Oracle');
    expect(oracle?.kind.chargeFrequency).toBe('Usage-Based');
    expect(oracle?.contractedCost).toBe(0n);
    expect(remarks).toContain('ContractedCost is empty and taken as 0 in 1 row.');
  });

  it('keeps other FOCUS columns under their ID and strangers under x_', async () => {
    const { charges } = await pull(CLOUDS);
    expect(charges[0]?.kind.extra).toEqual({ RegionName: 'US West (Oregon)', x_Id: '11472' });
  });

  it('reads tags, a key without value as true, and the same set as one object', async () => {
    const { charges } = await pull(CLOUDS);
    expect(charges[0]?.set.tags).toEqual({ application: 'Orders', environment: 'dev', 'backed-up': 'true' });
    expect(charges[1]?.set).toBe(charges[0]?.set);
    expect(charges[2]?.set.tags).toEqual({});
    expect(charges[1]?.bill).toBe(charges[0]?.bill);
  });

  it('replaces the billing periods it holds and is complete through its last day', async () => {
    const { scope, completeThrough, raw } = await pull(CLOUDS);
    expect(scope).toEqual({
      kind: 'billing-periods',
      periods: ['100200300', '20209880', '/providers/billingAccounts/86'].map((billingAccountId) => ({
        billingAccountId,
        billingPeriod: '2026-09',
      })),
    });
    expect(completeThrough).toBe('2026-09-21');
    expect(raw).toMatchObject([{ endpoint: 'focus-1.0-clouds.csv', fetchedAtMs: NOW }]);
  });

  it('is complete through yesterday at most', async () => {
    const { completeThrough } = await pull(CLOUDS, Date.parse('2026-09-19T00:30:00Z'));
    expect(completeThrough).toBe('2026-09-18');
  });
});

describe('a FOCUS 1.4 file of AI spend', () => {
  it('finds key, person, model, customer and workspace in their columns', async () => {
    const [charge] = (await pull(AI)).charges;
    expect(charge?.set).toEqual({
      attributes: {
        source: 'bill',
        serviceProviderName: 'Anthropic',
        invoiceIssuerName: 'Anthropic',
        serviceName: 'Claude API',
        serviceCategory: 'AI and Machine Learning',
        billingAccountId: 'org_1',
        subAccountId: 'wrkspc_1',
        skuMeter: 'Output Tokens',
        chargeCategory: 'Usage',
        apiKeyId: 'apikey_01',
        apiKeyName: 'ci-agents',
        principalId: 'user_1',
        email: 'mia.kern@larkspur.example',
        model: 'claude-sonnet-4-5',
        customerId: 'cust_7',
      },
      tags: { team: 'Suche – Zürich', cost: '12' },
    });
    expect(charge).toMatchObject({ consumedQuantity: 1000, pricingQuantity: null, listCost: 2_000_000_000n });
    expect(charge?.bill.invoiceId).toBe('INV-1');
    expect(charge?.kind.extra['x_CostHub']).toBe('emea');
  });

  it('spreads a seat for a month over its days without losing a nano', async () => {
    const seat = (await pull(AI)).charges.filter(({ set }) => set.attributes.seatId === 'seat_9');
    expect(seat.map(({ chargeDay }) => chargeDay)).toEqual(
      Array.from({ length: 31 }, (_, day) => `2026-10-${String(day + 1).padStart(2, '0')}`),
    );
    expect(sumNanos(seat.map(({ effectiveCost }) => effectiveCost))).toBe(31_000_000_001n);
    expect(new Set(seat.map(({ billedCost }) => billedCost))).toEqual(new Set([1_000_000_000n]));
    expect(seat[0]).toMatchObject({ consumedQuantity: 1, kind: { confidence: 'spread' } });
    expect(seat[0]?.set.attributes.email).toBe('tom@larkspur.example');
    expect(seat[30]?.kind).toBe(seat[0]?.kind);
  });

  it('takes the completeness of the file from usage, not from a seat that runs to the end of the month', async () => {
    expect((await pull(AI)).completeThrough).toBe('2026-10-05');
  });

  it('is the same when gzipped, whatever it is called, and archives the bytes as they came', async () => {
    const bytes = gzipSync(await readFile(AI));
    const zipped = await pullBytes(bytes, 'export.csv');
    expect(zipped.charges).toEqual((await pull(AI)).charges);
    expect(zipped.raw[0]?.body).toEqual(bytes);
  });

  it.each([
    ['2026-10-05', '2026-10-06', '2026-10-05'],
    ['2026-10-05T23:00:00-02:00', '2026-10-06T00:00:00-02:00', '2026-10-06'],
    ['2026-10-05T00:00:00.000Z', '2026-10-05T00:00:00.000Z', '2026-10-05'],
    ['2026-10-05 10:00:00 UTC', '2026-10-05 11:00:00 UTC', '2026-10-05'],
  ])('reads a period from %s to %s as the day %s', async (from, to, day) => {
    const text = await withCells(AI, { ChargePeriodStart: from, ChargePeriodEnd: to });
    expect((await pullBytes(text)).charges[0]?.chargeDay).toBe(day);
  });

  it('knows column names that a warehouse has put in capitals', async () => {
    const [header = '', ...rest] = (await readFile(AI, 'utf8')).split('\r\n');
    const { charges } = await pullBytes([header.toUpperCase(), ...rest].join('\r\n'));
    expect(charges[0]?.set).toEqual((await pull(AI)).charges[0]?.set);
  });
});

describe('a FOCUS file that is wrong', () => {
  it.each([
    ['BilledCost', '', /bill\.csv, row 2, column BilledCost: is empty/],
    ['EffectiveCost', '1,5', /row 2, column EffectiveCost: "1,5" has a decimal comma/],
    [
      'BilledCost',
      '1e30',
      /row 2, column BilledCost: "1e30" is larger than 10\^15, the most that an amount may be/,
    ],
    ['ListCost', 'n/a', /row 2, column ListCost: "n\/a"/],
    ['ChargePeriodStart', '31.10.2026', /row 2, column ChargePeriodStart: "31.10.2026" is not a date/],
    ['ChargePeriodStart', '2026-02-31', /row 2, column ChargePeriodStart/],
    ['ChargePeriodEnd', '2026-10-04', /row 2, column ChargePeriodEnd: lies before/],
    ['ChargePeriodEnd', '2226-10-04', /row 2, column ChargePeriodEnd: lies \d+ days/],
    ['BillingPeriodStart', 'NULL', /row 2, column BillingPeriodStart: is empty/],
    ['BillingCurrency', 'Dollars', /row 2, column BillingCurrency: "DOLLARS"/],
    ['BillingAccountId', '', /row 2, column BillingAccountId: is empty/],
    ['ChargeCategory', 'Gift', /row 2, column ChargeCategory: must be Usage, Purchase/],
  ])('is refused as a whole, naming file, row and column: %s is "%s"', async (column, cell, sentence) => {
    const text = await withCells(AI, { [column]: cell });
    const refused = pullBytes(text);
    await expect(refused).rejects.toMatchObject({ code: 'invalid' });
    await expect(refused).rejects.toThrow(sentence);
  });

  it('is refused when a column is missing or stands twice', async () => {
    await expect(pullBytes('a,b\n1,2\n')).rejects.toThrow(/no FOCUS.*BilledCost.*ServiceProviderName/);
    await expect(pullBytes('BilledCost,BILLEDCOST\n1,2\n')).rejects.toThrow(/BilledCost stands twice/);
  });

  it('is refused when it holds no charges', async () => {
    const [header = ''] = (await readFile(AI, 'utf8')).split('\r\n');
    await expect(pullBytes(`${header}\r\n`)).rejects.toThrow(/holds no charges/);
    await expect(pullBytes('')).rejects.toThrow(/holds no charges/);
  });

  it('is refused when it was cut off: in a quoted cell, in a row, or in the compressed stream', async () => {
    const text = await readFile(CLOUDS, 'utf8');
    await expect(pullBytes(text.slice(0, text.indexOf('""environment') + 5))).rejects.toThrow(
      /row 2: a quote is not closed/,
    );
    await expect(pullBytes(text.slice(0, text.indexOf('"2026-09-19 00:00:00"')))).rejects.toThrow(
      /row 3.*cells/,
    );
    const zipped = gzipSync(text);
    await expect(pullBytes(zipped.subarray(0, zipped.length - 200))).rejects.toThrow(/damaged or cut off/);
  });

  it('is refused when it is not there', async () => {
    await expect(pull(join(folder, 'nowhere.csv'))).rejects.toThrow(/nowhere\.csv cannot be read/);
  });

  it('is taken with a remark when only tags or quantities are garbled', async () => {
    const text = await withCells(AI, { Tags: 'team=Search', ConsumedQuantity: 'many' });
    const { charges, remarks } = await pullBytes(text);
    expect(charges[0]).toMatchObject({ set: { tags: {} }, consumedQuantity: null });
    expect(remarks).toEqual([
      'Tags that are no JSON object were left out.',
      'ConsumedQuantity is not a number and left out in 1 row.',
    ]);
  });
});

describe('a large FOCUS file', () => {
  it('is read over many slices with letters, quotes and line ends that lie across them', async () => {
    const rows = Array.from({ length: 12_000 }, (_, index) => ({
      BilledCost: '0.0000000001',
      EffectiveCost: '0.0000000001',
      BillingAccountId: 'org_1',
      BillingCurrency: 'USD',
      BillingPeriodStart: '2026-10-01',
      BillingPeriodEnd: '2026-11-01',
      ChargeCategory: 'Usage',
      ChargePeriodStart: `2026-10-${String((index % 31) + 1).padStart(2, '0')}T00:00:00Z`,
      ChargePeriodEnd: `2026-10-${String((index % 31) + 1).padStart(2, '0')}T01:00:00Z`,
      ServiceProviderName: 'Vendor',
      ServiceName: 'Größe "A"\r\nund „B“, '.repeat(8),
      x_Line: `line-${index}`,
      x_Zone: `zone-${index % 5}`,
    }));
    const { charges, remarks } = await pullBytes(Papa.unparse(rows));
    expect(charges).toHaveLength(12_000);
    expect(new Set(charges.map(({ set }) => set)).size).toBe(1);
    expect(charges.at(-1)?.set.attributes.serviceName).toBe(rows[0]?.ServiceName);
    expect(sumNanos(charges.map(({ billedCost }) => billedCost))).toBe(1200n);
    // The line ids would make every charge a kind of its own; the zones do not.
    expect(new Set(charges.map(({ kind }) => kind)).size).toBe(5);
    expect(remarks).toContain('Column x_Line differs in nearly every row and is only kept in the raw file.');
  });
});
