import { describe, expect, it } from 'vitest';
import type { ConservationGroup } from '../../../src/core/allocation/allocation.js';
import { proveConservation } from '../../../src/core/allocation/prove.js';
import { day } from '../../support/build/directory.js';

function group(
  invoice: string,
  currency: string,
  money: { ledger: bigint; allocated?: bigint; owned?: bigint; billed?: [ledger: bigint, allocated: bigint] },
): ConservationGroup {
  const { ledger, allocated = ledger, owned = allocated, billed = [0n, 0n] } = money;
  return {
    invoice,
    day: day('2026-10-03'),
    currency,
    ledger: { effective: ledger, billed: billed[0] },
    allocated: { effective: allocated, billed: billed[1] },
    owned,
  };
}

describe('The proof of conservation', () => {
  it('counts the groups and adds them up per currency, apart from what nobody owns', () => {
    const groups = [
      group('I1', 'USD', { ledger: 5n, owned: 2n }),
      group('I2', 'EUR', { ledger: -2n }),
      group('I3', 'USD', { ledger: 7n, owned: 0n }),
    ];
    expect(proveConservation('team', groups)).toEqual({
      dimension: 'team',
      groups: 3,
      totals: [
        { currency: 'EUR', ledger: -2n, allocated: -2n, unallocated: 0n },
        { currency: 'USD', ledger: 12n, allocated: 2n, unallocated: 10n },
      ],
    });
  });

  it('holds of an empty month', () => {
    expect(proveConservation('team', [])).toEqual({ dimension: 'team', groups: 0, totals: [] });
  });

  it('fails by a single nano, even where another group makes up for it', () => {
    const groups = [
      group('I1', 'USD', { ledger: 5n, allocated: 4n }),
      group('I2', 'USD', { ledger: 5n, allocated: 6n }),
    ];
    expect(() => proveConservation('team', groups)).toThrow(
      'Dimension team does not conserve its money (invoice I1 on 2026-10-03: ledger 0.000000005, allocated 0.000000004 USD effective; invoice I2',
    );
  });

  it('fails by billed cost alone', () => {
    expect(() => proveConservation('team', [group('I1', 'USD', { ledger: 5n, billed: [3n, 2n] })])).toThrow(
      'ledger 0.000000003, allocated 0.000000002 USD billed).',
    );
  });

  it('names only the first groups that differ', () => {
    const broken = Array.from({ length: 10 }, (_, i) => group(`I${i}`, 'USD', { ledger: 1n, allocated: 0n }));
    expect(() => proveConservation('team', broken)).toThrow(/I2 on .*; and 7 more\)/);
  });
});
