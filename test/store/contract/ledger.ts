import { describe } from 'vitest';
import type { Store } from '../../../src/store/store.js';
import { allocationContract } from './ledger-allocations.js';
import { overlapContract } from './ledger-overlaps.js';
import { replaceContract } from './ledger-replace.js';
import { spendContract } from './ledger-spend.js';
import { splitContract } from './ledger-splits.js';

/** What any ledger must promise, whatever engine stands behind it; `open` gives an empty store. */
export function describeLedgerContract(open: () => Promise<Store>): void {
  describe('a ledger', () => {
    replaceContract(open);
    overlapContract(open);
    allocationContract(open);
    spendContract(open);
    splitContract(open);
  });
}
