import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SPEND_KEYS } from '../../../src/core/spend/spend.js';
import type { Store } from '../../../src/store/store.js';
import { chargesArbitrary } from '../../support/arbitrary/charges.js';
import {
  batchOf,
  billOf,
  chargeOf,
  day,
  daysScope,
  kindOf,
  month,
  setOf,
  wholeMonthPieces,
} from '../../support/build/charges.js';

const YEAR = { from: day('2026-01-01'), to: day('2027-01-01') };
const OCTOBER = { from: day('2026-10-01'), to: day('2026-11-01') };
const USD = 1_000_000_000n;

/** Questions about spend: whatever they group by and filter by, the answer adds up. */
export function spendContract(open: () => Promise<Store>): void {
  it('adds up to the same total whatever it is grouped by, and each row can be asked for alone', async () => {
    const keys = fc.subarray([...SPEND_KEYS, 'team', 'product'], { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(chargesArbitrary(), keys, async (charges, by) => {
        const store = await open();
        await store.replaceCharges(batchOf(charges, { scope: daysScope('2026-09-01', '2026-12-01') }));
        await allocateAll(store);
        const totalIn = (currency: string) =>
          charges.reduce((sum, charge) => {
            return charge.bill.billingCurrency === currency ? sum + charge.effectiveCost : sum;
          }, 0n);
        const answer = await store.querySpend({ by, range: YEAR, where: [], currency: 'USD' });
        expect(answer.total).toBe(totalIn('USD'));
        expect(answer.rows.reduce((sum, { cost }) => sum + cost, 0n)).toBe(answer.total);
        expect(answer.otherCurrencies.map(({ total }) => total)).toEqual(
          [totalIn('EUR')].filter((sum) => sum !== 0n),
        );
        expect(answer.rows.map(({ cost }) => cost)).toEqual(
          answer.rows.map(({ cost }) => cost).toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)),
        );
        expect(new Set(answer.rows.map(({ values }) => values.join('\n'))).size).toBe(answer.rows.length);
        for (const { values, cost } of answer.rows.slice(0, 5)) {
          const where = by.map((key, index) => ({ key, values: [values[index]!] }));
          const alone = await store.querySpend({ by: [], range: YEAR, where, currency: 'USD' });
          expect(alone.total).toBe(cost);
        }
        await store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('is exact to the last digit beyond 2^53 nanos', async () => {
    const store = await open();
    const big = 9_007_199_254_740_993n; // 2^53 + 1: no double holds it
    const charges = ['2026-10-01', '2026-10-02', '2026-10-03'].map((on) =>
      chargeOf(on, '0', { effectiveCost: big, billedCost: -big }),
    );
    await store.replaceCharges(batchOf(charges));
    await allocateAll(store);
    expect((await store.querySpend({ by: ['team'], range: YEAR, where: [], currency: 'USD' })).rows).toEqual([
      { values: ['Unallocated'], cost: 3n * big },
    ]);
    expect((await store.listSetDays(OCTOBER))[0]?.effectiveCost).toBe(big);
    expect((await store.listProofs(month('2026-10')))[0]?.totals[0]?.ledger).toBe(3n * big);
    expect((await store.listInvoiceTotals(month('2026-10')))[0]?.billed).toBe(-3n * big);
  });

  it('keeps to the days of a half-open range', async () => {
    const store = await open();
    const days = ['2026-09-30', '2026-10-01', '2026-10-31', '2026-11-01'];
    await store.replaceCharges(batchOf(days.map((on) => chargeOf(on, '1'))));
    expect(await rowsOf(store, ['day'])).toEqual([
      ['2026-10-01', USD],
      ['2026-10-31', USD],
    ]);
    const start = { from: OCTOBER.from, to: day('2026-10-31') };
    for (const by of [['day'], ['day', 'confidence']]) {
      const { total } = await store.querySpend({ by, range: start, where: [], currency: 'USD' });
      expect(total).toBe(USD);
    }
    expect(await rowsOf(store, ['month', 'confidence'])).toEqual([['2026-10', 'billed', 2n * USD]]);
    const empty = { from: day('2026-10-01'), to: day('2026-10-01') };
    expect(await store.querySpend({ by: ['day'], range: empty, where: [], currency: 'USD' })).toEqual({
      currency: 'USD',
      total: 0n,
      rows: [],
      otherCurrencies: [],
    });
  });

  it('keeps keys that share a name apart by the last four characters of their ids', async () => {
    const store = await open();
    const sets = [
      keySet('ci', 'apikey_aaaa1111'),
      keySet('ci', 'apikey_aaaa2222'),
      keySet('bot', 'left-9999'),
      keySet('bot', 'right-9999'),
      keySet('solo', 'apikey_3333'),
      keySet(undefined, 'apikey_4444'),
      keySet(undefined, undefined),
    ];
    await store.replaceCharges(
      batchOf(sets.map((set, index) => chargeOf('2026-10-01', String(10 - index), { set }))),
    );
    const labels = (await rowsOf(store, ['key'])).map(([label]) => label);
    expect(labels).toEqual([
      'ci (…1111)',
      'ci (…2222)',
      'bot (left-9999)',
      'bot (right-9999)',
      'solo',
      'apikey_4444',
      '(none)',
    ]);
    const asked = async (...values: string[]) =>
      (await store.querySpend({ by: [], range: OCTOBER, where: [{ key: 'key', values }], currency: 'USD' }))
        .total;
    expect(await asked('ci (…2222)')).toBe(9n * USD);
    expect(await asked('ci')).toBe(19n * USD);
    expect(await asked('apikey_3333')).toBe(6n * USD);
    expect(await asked('(none)', 'solo')).toBe(10n * USD);
    expect(await asked('nobody')).toBe(0n);
  });

  it('leaves the label of a key as it was when a namesake comes in a later month, and tells the two apart', async () => {
    const store = await open();
    const [old, fresh] = [keySet('ci', 'apikey_aaaa1111'), keySet('ci', 'apikey_aaaa2222')];
    const kind = kindOf({ extra: { x_Later: 'yes' } });
    const november = chargeOf('2026-11-03', '2', { set: fresh, kind });
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1', { set: old }), november]));
    expect((await rowsOf(store, ['key'])).map(([label]) => label)).toEqual(['ci']);
    const range = { from: day('2026-10-01'), to: day('2026-12-01') };
    const { rows } = await store.querySpend({ by: ['key'], range, where: [], currency: 'USD' });
    expect(rows.map(({ values }) => values[0])).toEqual(['ci (…2222)', 'ci']);
    const asked = await store.querySpend({
      by: [],
      range,
      where: [{ key: 'key', values: ['ci'] }],
      currency: 'USD',
    });
    expect(asked.total).toBe(USD);
    expect(await store.listExtraColumns(OCTOBER)).toEqual([]);
    expect(await store.listExtraColumns(range)).toEqual(['x_Later']);
  });

  it('names a sub-account by its name, or by its id where it has none', async () => {
    const store = await open();
    const sets = [
      setOf({ subAccountName: 'research', subAccountId: 'wrkspc_1' }),
      setOf({ subAccountId: 'wrkspc_2' }),
      setOf(),
    ];
    await store.replaceCharges(
      batchOf(sets.map((set, index) => chargeOf('2026-10-01', String(3 - index), { set }))),
    );
    expect((await rowsOf(store, ['sub-account'])).map(([label]) => label)).toEqual([
      'research',
      'wrkspc_2',
      '(none)',
    ]);
  });

  it('tells values apart that differ only in capital letters', async () => {
    const store = await open();
    const charges = ['gpt', 'GPT'].map((model) => chargeOf('2026-10-01', '1', { set: setOf({ model }) }));
    await store.replaceCharges(batchOf(charges));
    expect(await rowsOf(store, ['model'])).toEqual([
      ['GPT', USD],
      ['gpt', USD],
    ]);
  });

  it('filters by any mix of keys, what has no owner and what has no value included', async () => {
    const store = await open();
    const ana = setOf({ email: 'ana@larkspur.example', apiKeyName: 'a', apiKeyId: '1' });
    const bot = setOf({ apiKeyName: 'b', apiKeyId: '2' });
    await store.replaceCharges(
      batchOf([
        chargeOf('2026-10-01', '1', { set: ana }),
        chargeOf('2026-10-02', '2', { set: bot }),
        chargeOf('2026-10-03', '4', { set: bot, kind: kindOf({ confidence: 'estimated' }) }),
      ]),
    );
    const total = async (...where: { key: string; values: string[] }[]) =>
      (await store.querySpend({ by: ['day'], range: YEAR, where, currency: 'USD' })).total / USD;
    expect(await total({ key: 'team', values: ['Unallocated'] })).toBe(7n);
    await allocateAll(store);
    expect(await total({ key: 'team', values: ['Unallocated'] })).toBe(0n);
    expect(await total({ key: 'team', values: ['a'] })).toBe(1n);
    expect(await total({ key: 'product', values: ['Unallocated', 'a'] })).toBe(7n);
    expect(await total({ key: 'person', values: ['(none)'] })).toBe(6n);
    expect(
      await total({ key: 'person', values: ['(none)'] }, { key: 'confidence', values: ['billed'] }),
    ).toBe(2n);
    expect(await total({ key: 'day', values: ['2026-10-03', 'yesterday'] })).toBe(4n);
    expect(await total({ key: 'month', values: ['2026-10'] }, { key: 'team', values: ['b'] })).toBe(6n);
    expect(await total({ key: 'service', values: ["'; drop table fact; --"] })).toBe(0n);
  });

  it('leaves other currencies out of the rows but names them', async () => {
    const store = await open();
    const euros = billOf(month('2026-10'), { billingCurrency: 'EUR' });
    await store.replaceCharges(
      batchOf([chargeOf('2026-10-01', '1'), chargeOf('2026-10-01', '3', { bill: euros })]),
    );
    expect(await store.querySpend({ by: ['service'], range: OCTOBER, where: [], currency: 'USD' })).toEqual({
      currency: 'USD',
      total: USD,
      rows: [{ values: ['Claude API'], cost: USD }],
      otherCurrencies: [{ currency: 'EUR', total: 3n * USD }],
    });
  });

  it('answers for a dimension that rules name but nothing was allocated to, and refuses an unknown key', async () => {
    const store = await open();
    await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1')]));
    expect(await rowsOf(store, ['customer'])).toEqual([['Unallocated', USD]]);
    await expect(rowsOf(store, ['colour'])).rejects.toThrow(/"colour".*sub-account.*cost-centre/);
    const where = [{ key: 'Team', values: ['x'] }];
    const asked = store.querySpend({ by: [], range: OCTOBER, where, currency: 'USD' });
    await expect(asked).rejects.toMatchObject({ code: 'invalid' });
  });
}

async function rowsOf(store: Store, by: readonly string[]) {
  const { rows } = await store.querySpend({ by, range: OCTOBER, where: [], currency: 'USD' });
  return rows.map(({ values, cost }) => [...values, cost]);
}

/** Team by key name; product Unallocated. */
async function allocateAll(store: Store): Promise<void> {
  for (const { month: stale, mark } of await store.listStaleMonths()) {
    const owners = {
      team: (set: { attributes: { apiKeyName?: string } }) =>
        set.attributes.apiKeyName === 'search-prod' ? null : (set.attributes.apiKeyName ?? null),
      product: () => null,
    };
    const pieces = wholeMonthPieces(stale, await store.listMonthSets(stale), owners);
    const run = { month: stale, mark, dimensions: Object.keys(owners), pieces, rulesetVersion: 1, atMs: 1 };
    await store.replaceAllocations(run);
  }
}

function keySet(apiKeyName: string | undefined, apiKeyId: string | undefined) {
  return setOf({ apiKeyName, apiKeyId });
}
