import { describe, expect, it } from 'vitest';
import type { ConservationGroup } from '../../../src/core/allocation/allocation.js';
import { proveConservation } from '../../../src/core/allocation/prove.js';
import { day } from '../../support/directory.js';

function group(invoice: string, currency: string, ledger: bigint, allocated = ledger): ConservationGroup {
  return { invoice, day: day('2026-10-03'), currency, ledger, allocated };
}

describe('The proof of conservation', () => {
  it('counts the groups and adds them up per currency', () => {
    expect(
      proveConservation([group('I1', 'USD', 5n), group('I2', 'EUR', -2n), group('I3', 'USD', 7n)]),
    ).toEqual({
      groups: 3,
      totals: [
        { currency: 'EUR', ledger: -2n, allocated: -2n },
        { currency: 'USD', ledger: 12n, allocated: 12n },
      ],
    });
  });

  it('holds of an empty month', () => {
    expect(proveConservation([])).toEqual({ groups: 0, totals: [] });
  });

  it('fails by a single nano, even where another group makes up for it', () => {
    expect(() => proveConservation([group('I1', 'USD', 5n, 4n), group('I2', 'USD', 5n, 6n)])).toThrow(
      'Allocations do not add up to the ledger (invoice I1 on 2026-10-03: ledger 0.000000005, allocated 0.000000004 USD; invoice I2',
    );
  });

  it('names only the first groups that differ', () => {
    const broken = Array.from({ length: 10 }, (_, i) => group(`I${i}`, 'USD', 1n, 0n));
    expect(() => proveConservation(broken)).toThrow(/I2 on .*; and 7 more\)/);
  });
});
