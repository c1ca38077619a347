// Replaces a month in the ledger file named by its argument and dies by SIGKILL halfway: when the store has
// written the facts and reaches for the raw response, nothing is committed yet.
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { batchOf, chargeOf, daysScope, setOf } from '../build/charges.js';

const store = await openSqliteStore(process.argv[2] ?? '');
const charges = Array.from({ length: 20_000 }, (_, index) =>
  chargeOf(`2026-10-0${1 + (index % 9)}`, '5', { set: setOf({ apiKeyId: `key-${index}` }) }),
);
const deadly = {
  endpoint: '/v1/costs',
  parameters: '{}',
  fetchedAtMs: 1,
  get body(): string {
    process.kill(process.pid, 'SIGKILL');
    return '';
  },
};
await store.replaceCharges(batchOf(charges, { scope: daysScope('2026-10-01', '2026-11-01'), raw: [deadly] }));
