// Fills a year of source `claude` into the ledger file named by its argument, chunk by chunk, and dies by SIGKILL
// while the vendor answers the chunk that begins on the day of the second argument.
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { runBackfill, startBackfill } from '../../../src/usecases/sources/backfill.js';
import { day } from '../build/charges.js';
import { chargesOf, createTestProvider } from '../company/company.js';
import { createTestContext } from '../context.js';

const [path = '', deadlyDay = ''] = process.argv.slice(2);
const store = await openSqliteStore(path);
const provider = createTestProvider((window) => {
  if (window.from === deadlyDay) process.kill(process.pid, 'SIGKILL');
  return { charges: chargesOf([{ key: 'search', model: 'm', cents: () => 100 }], window) };
});
const context = { ...(await createTestContext({ providers: [provider] })), store };
await startBackfill(context, { source: 'claude', from: day('2025-11-18'), to: null });
await runBackfill(context, 'claude');
