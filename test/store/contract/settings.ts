import { describe, expect, it } from 'vitest';
import { parseMonth } from '../../../src/core/base/time.js';
import type { PlanChange } from '../../../src/core/budgets/plan.js';
import type { Store } from '../../../src/store/store.js';
import { ANA } from './support.js';

const materiality = (amount: bigint) => ({ amount, basisPoints: 50 });
const planOf = (owner: string, month: string, amount: bigint | null): PlanChange => ({
  dimension: 'team',
  owner,
  month: parseMonth(month),
  plan: amount === null ? null : { currency: 'USD', amount, phasing: 'calendar-days' },
});

/** What every store of settings and plans promises; `open` gives a fresh, empty store. */
export function settingsStoreContract(open: () => Promise<Store>): void {
  describe('a settings store', () => {
    it('keeps every edition, tells the latest of each area, and audits what was before', async () => {
      const store = await open();
      expect(await store.latestSettings()).toEqual([]);
      const change = (value: unknown, base: number | null) =>
        store.changeSettings({ area: 'materiality', value, base, actor: ANA, atMs: 1000 });
      const first = await change(materiality(2n ** 70n), null);
      const second = await change(materiality(5n), first.number);
      await store.changeSettings({ area: 'currency', value: 'EUR', base: null, actor: ANA, atMs: 2000 });
      expect(await store.latestSettings()).toMatchObject([
        { area: 'currency', value: 'EUR', author: 'slack:U1 (Ana Ruiz)', recordedAtMs: 2000 },
        { area: 'materiality', value: materiality(5n), number: second.number },
      ]);
      const values = (await store.listSettingsEditions(10)).map(({ value }) => value);
      expect(values).toEqual(['EUR', materiality(5n), materiality(2n ** 70n)]);
      expect(await store.listAudit(2)).toMatchObject([
        { action: 'settings.change', subject: 'settings: currency', detail: { before: null, after: 'EUR' } },
        {
          subject: 'settings: materiality',
          detail: { before: materiality(2n ** 70n), after: materiality(5n) },
        },
      ]);
    });

    it('refuses a change that was made from an older edition, and leaves no trace of it', async () => {
      const store = await open();
      const change = (value: unknown, base: number | null) =>
        store.changeSettings({ area: 'currency', value, base, actor: ANA, atMs: 1000 });
      const { number } = await change('EUR', null);
      for (const base of [null, number + 1])
        await expect(change('GBP', base)).rejects.toThrow(/Somebody else has changed these settings/);
      expect(await store.listSettingsEditions(10)).toHaveLength(1);
      expect(await change('EUR', number)).toMatchObject({ number });
      expect(await store.listAudit(10)).toHaveLength(1);
    });

    it('goes back to the default with a null, which is an edition too', async () => {
      const store = await open();
      const change = (value: unknown, base: number | null) =>
        store.changeSettings({ area: 'currency', value, base, actor: ANA, atMs: 1000 });
      const { number } = await change('EUR', null);
      expect(await change(null, number)).toMatchObject({ value: null });
    });
  });

  describe('a plan store', () => {
    it('lists plans by month, dimension and owner, beyond 63 bits too', async () => {
      const store = await open();
      const changes = [
        planOf('Support', '2026-11', 7n),
        planOf('Search', '2026-11', 2n ** 70n),
        planOf('Search', '2026-10', 1n),
        planOf('Search', '2026-12', 3n),
      ];
      expect(await store.putPlans({ changes, actor: ANA, atMs: 1000 })).toEqual({ changed: 4 });
      const listed = await store.listPlans({ from: parseMonth('2026-10'), to: parseMonth('2026-11') });
      expect(listed.map(({ owner, month, amount }) => [owner, month, amount])).toEqual([
        ['Search', '2026-10', 1n],
        ['Search', '2026-11', 2n ** 70n],
        ['Support', '2026-11', 7n],
      ]);
      expect(listed[0]).toMatchObject({ author: 'slack:U1 (Ana Ruiz)', recordedAtMs: 1000 });
    });

    it('replaces and takes back the plan of an owner and month, audits it, and knows what it knows', async () => {
      const store = await open();
      const put = (...changes: PlanChange[]) => store.putPlans({ changes, actor: ANA, atMs: 1000 });
      const list = async () =>
        (await store.listPlans({ from: parseMonth('2026-11'), to: parseMonth('2026-11') })).map(
          ({ owner, amount }) => [owner, amount],
        );
      await put(planOf('Search', '2026-11', 5n), planOf('Support', '2026-11', 6n));
      expect(await put(planOf('Search', '2026-11', 8n), planOf('Support', '2026-11', 6n))).toEqual({
        changed: 1,
      });
      expect(await list()).toEqual([
        ['Search', 8n],
        ['Support', 6n],
      ]);
      expect(await store.listAudit(1)).toMatchObject([
        {
          action: 'plans.change',
          subject: 'plans: Search',
          detail: { changed: 1, plans: [{ before: { amount: 5n }, after: { plan: { amount: 8n } } }] },
        },
      ]);
      expect(await put(planOf('Support', '2026-11', null))).toEqual({ changed: 1 });
      expect(await put(planOf('Support', '2026-11', null), planOf('Nobody', '2026-11', null))).toEqual({
        changed: 0,
      });
      expect(await list()).toEqual([['Search', 8n]]);
      expect(await store.listAudit(10)).toHaveLength(3);
    });
  });
}
