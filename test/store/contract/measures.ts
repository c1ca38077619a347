import { describe, expect, it } from 'vitest';
import { parseDay, parseMonth } from '../../../src/core/base/time.js';
import type { MeasureRow } from '../../../src/core/ledger/measure.js';
import type { Store } from '../../../src/store/store.js';
import { ANA, chargeOn, ingest, settle } from './support.js';

const OCTOBER = parseMonth('2026-10');
const figure = (date: string, label: string, amount: bigint, measure = 'requests'): MeasureRow => {
  return { date: parseDay(date), measure, label, amount };
};

/** What every measure store promises; `open` gives a fresh, empty store. */
export function measureStoreContract(open: () => Promise<Store>): void {
  const put = (store: Store, ...rows: MeasureRow[]) => store.putMeasures({ rows, actor: ANA, atMs: 1000 });

  describe('a measure store', () => {
    it('adds up the figures of a calendar month, beyond 63 bits too', async () => {
      const store = await open();
      const large = 2n ** 70n;
      await put(
        store,
        figure('2026-09-30', 'Search', 1n),
        figure('2026-10-01', 'Search', large),
        figure('2026-10-31', 'Search', -5n),
        figure('2026-10-31', 'Ads', 7n),
        figure('2026-10-31', 'Ads', 9n, 'seats'),
        figure('2026-11-01', 'Search', 1n),
      );
      expect(await store.measureTotals(OCTOBER, ['requests', 'unknown'])).toEqual(
        new Map([
          [
            'requests',
            new Map([
              ['Search', large - 5n],
              ['Ads', 7n],
            ]),
          ],
        ]),
      );
      expect(await store.measureTotals(OCTOBER, [])).toEqual(new Map());
    });

    it('replaces figures of the same measure, label and date, and nothing else', async () => {
      const store = await open();
      await put(store, figure('2026-10-01', 'Search', 1n), figure('2026-10-02', 'Search', 2n));
      expect(await put(store, figure('2026-10-02', 'Search', 5n))).toMatchObject({ changed: 1 });
      const totals = await store.measureTotals(OCTOBER, ['requests']);
      expect(totals.get('requests')?.get('Search')).toBe(6n);
    });

    it('marks the charged months of changed figures stale, audits them, and knows what it knows', async () => {
      const store = await open();
      await ingest(store, [chargeOn('2026-09-30'), chargeOn('2026-10-01'), chargeOn('2026-11-02')]);
      await settle(store);
      const rows = [figure('2026-10-01', 'Search', 1n), figure('2026-12-02', 'Search', 2n)];
      expect(await put(store, ...rows)).toEqual({ changed: 2, staleMonths: ['2026-10'] });
      expect(await store.listStaleMonths()).toMatchObject([
        { month: '2026-10', reasons: ['measures: requests'] },
      ]);
      expect(await store.listAudit(1)).toMatchObject([
        {
          actor: 'slack:U1 (Ana Ruiz)',
          action: 'measures.import',
          subject: 'measures: requests',
          detail: { changed: 2, months: ['2026-10', '2026-12'] },
        },
      ]);
      await settle(store);
      expect(await put(store, ...rows.toReversed())).toEqual({ changed: 0, staleMonths: [] });
      expect(await store.listStaleMonths()).toEqual([]);
      const audits = (await store.listAudit(10)).filter(({ action }) => action === 'measures.import');
      expect(audits).toHaveLength(1);
    });
  });
}
