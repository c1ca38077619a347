// Locks a month of the ledger file named by its argument and dies by SIGKILL halfway: the audit entry is reached
// when the record of the lock is written, but nothing is committed yet.
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { month } from '../build/charges.js';

const store = await openSqliteStore(process.argv[2] ?? '');
const deadly = {
  kind: 'terminal' as const,
  get name(): string {
    if (new Error('where').stack?.includes('writeAudit') === true) process.kill(process.pid, 'SIGKILL');
    return 'reaper';
  },
};
await store.lockMonth({ month: month('2026-10'), actor: deadly, atMs: 3, override: null });
