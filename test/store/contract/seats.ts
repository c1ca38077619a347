import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.js';
import { batchOf, chargeOf, day } from '../../support/build/charges.js';
import { listingOf, seatOf } from '../../support/build/seats.js';

/** What every seat store promises; `open` gives a fresh, empty store. */
export function seatStoreContract(open: () => Promise<Store>): void {
  describe('a seat store', () => {
    it('gives back every field, to the nano, by source, product, seat and start', async () => {
      const store = await open();
      const full = seatOf('ana', {
        plan: 'Premium',
        assignedFrom: day('2026-03-01'),
        lastActiveDay: day('2026-10-30'),
        cancelsOn: day('2026-12-01'),
        releasesOn: day('2026-12-01'),
        price: { nanos: 2n ** 62n + 1n, currency: 'EUR', origin: 'bill' },
      });
      const vacant = seatOf('vacant', { holder: null, price: null });
      expect(await store.putSeats('cursor', listingOf('2026-11-01', [vacant, full]))).toEqual({ changed: 2 });
      await store.putSeats('copilot', listingOf('2026-11-01', [seatOf('1', { source: 'copilot' })]));
      expect(await store.listSeats('cursor')).toEqual([full, vacant]);
      expect((await store.listSeats()).map(({ source, seatId }) => [source, seatId])).toEqual([
        ['copilot', '1'],
        ['cursor', 'ana'],
        ['cursor', 'vacant'],
      ]);
    });

    it('ends spans and never deletes one; the same listing again changes nothing', async () => {
      const store = await open();
      await store.putSeats('cursor', listingOf('2026-11-01', [seatOf('ana'), seatOf('tom')]));
      const later = listingOf('2026-11-04', [seatOf('ana')]);
      expect(await store.putSeats('cursor', later)).toEqual({ changed: 2 });
      expect(await store.putSeats('cursor', later)).toEqual({ changed: 0 });
      await store.putSeats('cursor', listingOf('2026-11-06', [seatOf('ana'), seatOf('tom')]));
      expect(
        (await store.listSeats('cursor')).map(({ seatId, assignedFrom, assignedTo }) => [
          seatId,
          assignedFrom,
          assignedTo,
        ]),
      ).toEqual([
        ['ana', null, null],
        ['tom', null, '2026-11-04'],
        ['tom', '2026-11-06', null],
      ]);
    });

    it('takes the listing of a pull with its charges, or neither', async () => {
      const store = await open();
      const seats = listingOf('2026-11-01', [seatOf('ana', { source: 'anthropic' })]);
      const outside = batchOf([chargeOf('2026-10-01', '1')], {
        seats,
        scope: { kind: 'charge-days', from: day('2026-11-01'), to: day('2026-11-02') },
      });
      await expect(store.replaceCharges(outside)).rejects.toThrow('2026');
      expect(await store.listSeats()).toEqual([]);
      await store.replaceCharges(batchOf([chargeOf('2026-10-01', '1')], { seats }));
      expect(await store.listSeats('anthropic')).toHaveLength(1);
    });
  });
}
