import { describe, expect, it } from 'vitest';
import { describeActor } from '../../../src/core/base/actor.js';
import { parseDay, parseMonth } from '../../../src/core/base/time.js';
import { OVERRIDE_PRIORITY, type Price } from '../../../src/core/prices/price.js';
import type { Store } from '../../../src/store/store.js';
import { priceOfList } from '../../support/build/prices.js';
import { ANA } from './support.js';

const TODAY = parseDay('2026-11-26');

/** What every price store promises; `open` gives a fresh, empty store. */
export function priceStoreContract(open: () => Promise<Store>): void {
  const put = (store: Store, prices: readonly Price[], contentHash = String(prices.length), day = TODAY) => {
    const aliases = [{ provider: 'openai', alias: 'gpt-6', model: 'gpt-6-sol' }];
    return store.putPrices({ source: 'list', contentHash, prices, aliases, day, actor: ANA, atMs: 1000 });
  };

  describe('a price store', () => {
    it('takes a list in once: the same content again changes nothing', async () => {
      const store = await open();
      const large = priceOfList({ tokenType: 'web_search', nanosPerMillion: 2n ** 70n });
      expect(await put(store, [priceOfList(), large])).toEqual({
        source: 'list',
        offered: 2,
        added: 2,
        unchanged: false,
      });
      expect(await put(store, [priceOfList(), large])).toMatchObject({ added: 0, unchanged: true });
      const { prices, aliases } = await store.listPrices();
      expect(prices).toEqual([priceOfList(), large]);
      expect(aliases).toEqual([{ provider: 'openai', alias: 'gpt-6', model: 'gpt-6-sol' }]);
      expect(await store.listPriceSnapshots()).toMatchObject([{ source: 'list', offered: 2, added: 2 }]);
      expect(await store.listAudit(5)).toMatchObject([{ action: 'prices.import', subject: 'prices: list' }]);
    });

    it('keeps the old price beside one that was overwritten, each with its days', async () => {
      const store = await open();
      await put(store, [priceOfList()], 'a');
      expect(await put(store, [priceOfList({ nanosPerMillion: 3n })], 'b')).toMatchObject({ added: 1 });
      const { prices } = await store.listPrices();
      expect(prices.map(({ validFrom, nanosPerMillion }) => [validFrom, nanosPerMillion])).toEqual([
        ['1970-01-01', 2_000_000_000n],
        ['2026-11-26', 3n],
      ]);
      expect(await store.listPriceSnapshots()).toHaveLength(2);
    });

    it('lets an override that is given again replace itself', async () => {
      const store = await open();
      const override = priceOfList({ priority: OVERRIDE_PRIORITY });
      await put(store, [priceOfList(), override], 'a');
      await put(store, [{ ...override, validTo: TODAY }], 'b');
      const { prices } = await store.listPrices();
      expect(prices.map(({ priority, validTo }) => [priority, validTo])).toEqual([
        [0, null],
        [OVERRIDE_PRIORITY, TODAY],
      ]);
    });
  });

  describe('a pull that is held back', () => {
    const reasons = [
      { because: 'price', vendor: 'OpenAI', month: parseMonth('2026-10'), billed: 2n ** 60n, list: 1n },
    ] as const;

    it('keeps what is held back until somebody accepts it, once and audited', async () => {
      const store = await open();
      expect(await store.findPullHold('main')).toBeNull();
      await expect(store.acceptPull({ source: 'main', actor: ANA, atMs: 5 })).rejects.toMatchObject({
        code: 'not-found',
      });
      await store.holdPull({ source: 'main', reasons, atMs: 1 });
      expect(await store.findPullHold('main')).toMatchObject({ reasons, heldAtMs: 1, acceptedAtMs: null });
      await store.acceptPull({ source: 'main', actor: ANA, atMs: 5 });
      await store.acceptPull({ source: 'main', actor: ANA, atMs: 9 });
      const accepted = await store.findPullHold('main');
      expect(accepted).toMatchObject({ acceptedAtMs: 5, acceptedBy: describeActor(ANA) });
      const entries = await store.listAudit(5);
      expect(entries.map(({ action }) => action)).toEqual(['source.accept-pull']);
    });
  });
}
