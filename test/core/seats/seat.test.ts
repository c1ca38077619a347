import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumNanos } from '../../../src/core/base/money.js';
import { addDays, daysIn } from '../../../src/core/base/time.js';
import { applyListing } from '../../../src/core/seats/history.js';
import { aboveIncluded, poolOf, spreadSeatFee } from '../../../src/core/seats/money.js';
import { findIdleSeats, type Seat } from '../../../src/core/seats/seat.js';
import { day } from '../../support/build/charges.js';
import { listingOf, seatOf } from '../../support/build/seats.js';

const anyShares = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 31 })), {
    selector: ([id]) => id,
    minLength: 1,
    maxLength: 8,
  })
  .map((rows) =>
    rows.map(([id, days]) => ({
      id,
      days: daysIn({ from: day('2026-10-01'), to: addDays(day('2026-10-01'), days) }),
    })),
  );

describe('a seat fee', () => {
  it('is billed and earned to the last nano, by active days, whoever comes first', () => {
    fc.assert(
      fc.property(anyShares, fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), (shares, amount) => {
        const billedOn = day('2026-10-01');
        const costs = spreadSeatFee({ amount, billedOn, shares });
        expect(sumNanos(costs.map(({ billed }) => billed))).toBe(amount);
        expect(sumNanos(costs.map(({ effective }) => effective))).toBe(amount);
        expect(costs.filter(({ day: on, billed }) => on !== billedOn && billed !== 0n)).toEqual([]);
        const again = spreadSeatFee({ amount, billedOn, shares: shares.toReversed() });
        expect(new Set(again.map((cost) => Object.values(cost).join()))).toEqual(
          new Set(costs.map((cost) => Object.values(cost).join())),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('goes by active days: half a month is half a seat', () => {
    const from = day('2026-11-01');
    const costs = spreadSeatFee({
      amount: 45_000_000_000n,
      billedOn: from,
      shares: [
        { id: 'whole', days: daysIn({ from, to: day('2026-12-01') }) },
        { id: 'half', days: daysIn({ from: day('2026-11-16'), to: day('2026-12-01') }) },
      ],
    });
    const of = (id: string) => sumNanos(costs.filter((cost) => cost.id === id).map((cost) => cost.effective));
    expect([of('whole'), of('half')]).toEqual([30_000_000_000n, 15_000_000_000n]);
    expect(costs.find((cost) => cost.id === 'half' && cost.billed !== 0n)?.day).toBe('2026-11-01');
  });

  it('can go by given weights, and goes by days again when they are all zero', () => {
    const days = [day('2026-11-01'), day('2026-11-02')];
    const spread = (weights: readonly bigint[]) =>
      spreadSeatFee({
        amount: 100n,
        billedOn: day('2026-11-01'),
        shares: weights.map((weight, index) => ({ id: `${index}`, days, weight })),
      })
        .filter(({ billed }) => billed !== 0n)
        .map(({ billed }) => billed);
    expect(spread([3n, 1n])).toEqual([75n, 25n]);
    expect(spread([0n, 0n])).toEqual([50n, 50n]);
  });
});

describe('pooled credits', () => {
  it('are the seats together; only what goes beyond them is an overage', () => {
    expect(poolOf([1900n, 1900n, 1900n], 5700n)).toEqual({ included: 5700n, overage: 0n });
    expect(poolOf([1900n, 1900n, 1900n], 5701n)).toEqual({ included: 5700n, overage: 1n });
  });

  it('weigh only the use above the included amount, or all use when nobody is above it', () => {
    const use = [
      { id: 'a', weight: 2500n },
      { id: 'b', weight: 100n },
    ];
    expect(aboveIncluded(use, 1900n)).toEqual([
      { id: 'a', weight: 600n },
      { id: 'b', weight: 0n },
    ]);
    expect(aboveIncluded(use, 3900n)).toEqual(use);
  });
});

describe('idle seats', () => {
  it('are those without activity for the given days, vacant ones first, the new ones left out', () => {
    const seats = [
      seatOf('busy', { lastActiveDay: day('2026-11-20') }),
      seatOf('edge', { lastActiveDay: day('2026-10-24') }),
      seatOf('nearly', { lastActiveDay: day('2026-10-25') }),
      seatOf('never'),
      seatOf('new', { assignedFrom: day('2026-11-10') }),
      seatOf('gone', { assignedTo: day('2026-11-10') }),
      seatOf('vacant', { holder: null, price: null }),
      seatOf('leaving', { cancelsOn: day('2026-12-01') }),
    ];
    const idle = findIdleSeats(seats, { today: day('2026-11-23'), days: 30 });
    expect(
      idle.map(({ seat, idleDays, savingPerMonth }) => [seat.seatId, idleDays, savingPerMonth?.nanos]),
    ).toEqual([
      ['vacant', null, undefined],
      ['leaving', null, 0n],
      ['never', null, 40_000_000_000n],
      ['edge', 30, 40_000_000_000n],
    ]);
  });
});

const spansOf = (seats: readonly Seat[]) =>
  seats.map(({ seatId, assignedFrom, assignedTo }) => [seatId, assignedFrom, assignedTo]);

describe('the history of seats', () => {
  it('ends what is no longer listed, and begins a new span for a seat that is back', () => {
    let history = applyListing([], listingOf('2026-11-01', [seatOf('ana'), seatOf('tom')]));
    expect(spansOf(history)).toEqual([
      ['ana', null, null],
      ['tom', null, null],
    ]);
    history = applyListing(history, listingOf('2026-11-05', [seatOf('ana'), seatOf('new')]));
    history = applyListing(history, listingOf('2026-11-09', [seatOf('ana'), seatOf('tom')]));
    const expected = [
      ['ana', null, null],
      ['new', '2026-11-05', '2026-11-09'],
      ['tom', null, '2026-11-05'],
      ['tom', '2026-11-09', null],
    ];
    expect(spansOf(history)).toEqual(expected);
    // A vendor that keeps naming the first start does not move the second span.
    const original = seatOf('tom', { assignedFrom: day('2026-03-01') });
    const again = applyListing(history, listingOf('2026-11-10', [seatOf('ana'), original]));
    expect(spansOf(again)).toEqual(expected);
  });

  it('keeps the latest activity and the price it once knew, and takes a start that it learns', () => {
    const first = applyListing(
      [],
      listingOf('2026-11-01', [seatOf('ana', { lastActiveDay: day('2026-10-30') })]),
    );
    const [seat] = applyListing(
      first,
      listingOf('2026-11-02', [seatOf('ana', { assignedFrom: day('2026-10-01'), price: null })]),
    );
    expect(seat).toMatchObject({ lastActiveDay: '2026-10-30', assignedFrom: '2026-10-01' });
    expect(seat?.price?.nanos).toBe(40_000_000_000n);
  });

  it('sees a seat that was taken away and given again between two listings', () => {
    const first = applyListing(
      [],
      listingOf('2026-11-01', [seatOf('ana', { assignedFrom: day('2026-03-02') })]),
    );
    const next = applyListing(
      first,
      listingOf('2026-11-20', [seatOf('ana', { assignedFrom: day('2026-11-10') })]),
    );
    expect(spansOf(next)).toEqual([
      ['ana', '2026-03-02', '2026-11-02'],
      ['ana', '2026-11-10', null],
    ]);
  });

  it('begins a new span when somebody else sits on the seat', () => {
    const other = { login: null, email: 'lea@larkspur.example', userId: 'lea', name: null };
    const first = applyListing([], listingOf('2026-11-01', [seatOf('seat-1')]));
    const next = applyListing(first, listingOf('2026-11-04', [seatOf('seat-1', { holder: other })]));
    expect(spansOf(next)).toEqual([
      ['seat-1', null, '2026-11-02'],
      ['seat-1', '2026-11-04', null],
    ]);
  });

  it('takes seats that the vendor lists as ended, once', () => {
    const ended = seatOf('lea', { assignedFrom: day('2026-05-01'), assignedTo: day('2026-10-10') });
    const first = applyListing([], listingOf('2026-11-01', [ended]));
    expect(spansOf(first)).toEqual([['lea', '2026-05-01', '2026-10-10']]);
    expect(spansOf(applyListing(first, listingOf('2026-11-02', [ended])))).toEqual(spansOf(first));
  });

  it('never loses or overlaps a span, changes nothing the second time, and ignores older listings', () => {
    const anyListings = fc.array(fc.subarray(['a', 'b', 'c']), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(anyListings, (days) => {
        let history: readonly Seat[] = [];
        for (const [index, ids] of days.entries()) {
          const listing = listingOf(
            addDays(day('2026-11-01'), index),
            ids.map((id) => seatOf(id)),
          );
          const next = applyListing(history, listing);
          expect(next.length).toBeGreaterThanOrEqual(history.length);
          expect(applyListing(next, listing)).toEqual(next);
          expect(applyListing(next, listingOf('2026-10-01', []))).toEqual(
            ids.length === 0 && next.length === 0 ? [] : next,
          );
          expect(next.filter(({ assignedTo }) => assignedTo === null).map(({ seatId }) => seatId)).toEqual(
            ids.toSorted(),
          );
          for (const [at, span] of next.entries()) {
            const before = next[at - 1];
            if (before?.seatId === span.seatId)
              expect((before.assignedTo ?? '9') <= (span.assignedFrom ?? '')).toBe(true);
          }
          history = next;
        }
      }),
      { numRuns: 60 },
    );
  });
});
