import { describe, expect, it } from 'vitest';
import { NO_TOKENS, type StoredUse } from '../../../src/core/gateways/token-use.js';
import { type MeasureRow } from '../../../src/core/ledger/measure.js';
import type { Store } from '../../../src/store/store.js';
import { batchOf, chargeOf, day, daysScope, month } from '../../support/build/charges.js';
import { settle } from './support.js';

const OCTOBER = { from: day('2026-10-01'), to: day('2026-11-01') };

function use(on: string, changes: Partial<StoredUse> = {}): StoredUse {
  return {
    source: 'gateway',
    day: day(on),
    vendor: 'anthropic',
    model: 'claude-sonnet-5',
    key: null,
    callerKey: 'search-prod',
    serviceTier: 'standard',
    customer: 'acme',
    feature: null,
    team: 'Search',
    user: null,
    tellsCache: true,
    tokens: { ...NO_TOKENS, uncached_input: 2n ** 60n, output: 7n },
    requests: 3,
    retries: null,
    replays: 1,
    repeated: { requests: 1, tokens: NO_TOKENS, cost: 5n },
    ownCost: 12n,
    rated: null,
    ...changes,
  };
}

function figure(on: string, amount: bigint, label = 'Search'): MeasureRow {
  return { date: day(on), measure: 'retries', label, amount };
}

/** What every store of token records promises; `open` gives a fresh, empty store. */
export function tokenRecordStoreContract(open: () => Promise<Store>): void {
  const put = (
    store: Store,
    uses: readonly StoredUse[],
    measures: readonly MeasureRow[] = [],
    range = OCTOBER,
  ) => store.replaceWeights({ source: 'gateway', range, uses, measures });
  const charged = async () => {
    const store = await open();
    await store.replaceCharges(
      batchOf([chargeOf('2026-10-05', '1')], { scope: daysScope('2026-10-01', '2026-11-01') }),
    );
    await settle(store);
    return store;
  };

  describe('a store of token records', () => {
    it('gives back what it took, large counts and all, and the same again wakes nobody', async () => {
      const store = await charged();
      const uses = [use('2026-10-05'), use('2026-10-05', { customer: 'globex' }), use('2026-10-06')];
      expect(await put(store, uses.toReversed())).toEqual({ changed: true, staleMonths: [month('2026-10')] });
      expect(await store.listTokenUses(OCTOBER)).toEqual(uses);
      expect(await store.listTokenUses(OCTOBER, 'other')).toEqual([]);
      expect(await store.listUseSpans()).toEqual([
        { source: 'gateway', first: '2026-10-05', last: '2026-10-06' },
      ]);
      expect(await put(store, uses)).toEqual({ changed: false, staleMonths: [] });
    });

    it('replaces a window wholly and nothing outside it, nor what another source gave', async () => {
      const store = await open();
      await put(
        store,
        [use('2026-10-05'), use('2026-10-06')],
        [figure('2026-10-05', 1n), figure('2026-10-06', 2n)],
      );
      await store.replaceWeights({
        source: 'other',
        range: OCTOBER,
        uses: [],
        measures: [figure('2026-10-06', 4n)],
      });
      const later = { ...OCTOBER, from: day('2026-10-06') };
      expect(await put(store, [], [], later)).toMatchObject({ changed: true });
      expect((await store.listTokenUses(OCTOBER)).map((each) => each.day)).toEqual(['2026-10-05']);
      const { actor, atMs } = { actor: { kind: 'system' as const, name: 'test' }, atMs: 1 };
      await store.putMeasures({ rows: [figure('2026-10-07', 8n)], actor, atMs });
      expect((await store.measureTotals(month('2026-10'), ['retries'])).get('retries')?.get('Search')).toBe(
        13n,
      );
    });

    it('reads the tokens of a vendor’s charges as they are billed, without what an invoice booked', async () => {
      const store = await open();
      const charges = [chargeOf('2026-10-05', '1'), chargeOf('2026-10-06', '2', { consumedQuantity: null })];
      await store.replaceCharges(batchOf(charges, { scope: daysScope('2026-10-01', '2026-11-01') }));
      expect(await store.listTokenFacts(OCTOBER, ['Anthropic'])).toMatchObject([
        { day: '2026-10-05', currency: 'USD', cost: 1_000_000_000n, quantity: 1000 },
      ]);
      expect(await store.listTokenFacts(OCTOBER, ['OpenAI'])).toEqual([]);
      expect(
        await store.listTokenFacts({ from: day('2026-10-06'), to: day('2026-10-07') }, ['Anthropic']),
      ).toEqual([]);
    });
  });
}
