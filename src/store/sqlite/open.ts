import type { Store } from '../store.js';
import { alertMethods } from './alerts/cases.js';
import { usageMethods } from './alerts/usage.js';
import { allocationMethods } from './allocation/allocations.js';
import { bindMethods, type Methods, openDatabase } from './base/database.js';
import { staleMethods } from './base/stale.js';
import { planMethods } from './budgets/plans.js';
import { claimMethods } from './claims/claims.js';
import { monthMethods } from './close/months.js';
import { invoiceMethods } from './invoices/invoices.js';
import { measureMethods } from './ledger/measures.js';
import { setMethods } from './ledger/sets.js';
import { lineageMethods } from './lineage/lineage.js';
import { workMethods } from './lineage/work.js';
import { outboxMethods } from './notices/outbox.js';
import { directoryMethods } from './people/directory.js';
import { provisioningMethods } from './people/provisioning.js';
import { priceMethods } from './prices/prices.js';
import { ruleMethods } from './rules/rules.js';
import { seatMethods } from './seats/seats.js';
import { installationMethods } from './settings/installations.js';
import { settingsMethods } from './settings/settings.js';
import { feedMethods } from './sources/feeds.js';
import { pullHoldMethods } from './sources/pull-holds.js';
import { pullMethods } from './sources/pull-record.js';
import { chargeMethods } from './sources/replace.js';
import { tokenRecordMethods } from './sources/token-records.js';
import { exportMethods } from './spend/export.js';
import { reportMethods } from './spend/reports.js';

const methods: Methods<Omit<Store, 'close'>> = {
  ...setMethods,
  ...staleMethods,
  ...allocationMethods,
  ...reportMethods,
  ...chargeMethods,
  ...pullMethods,
  ...lineageMethods,
  ...invoiceMethods,
  ...ruleMethods,
  ...directoryMethods,
  ...feedMethods,
  ...outboxMethods,
  ...claimMethods,
  ...provisioningMethods,
  ...monthMethods,
  ...measureMethods,
  ...installationMethods,
  ...exportMethods,
  ...workMethods,
  ...usageMethods,
  ...alertMethods,
  ...settingsMethods,
  ...planMethods,
  ...seatMethods,
  ...priceMethods,
  ...pullHoldMethods,
  ...tokenRecordMethods,
};

/** Opens the store in a SQLite file (`:memory:` for a throw-away one), creating it when it is not there. */
export async function openSqliteStore(path: string): Promise<Store> {
  const db = openDatabase(path);
  return {
    ...bindMethods<Omit<Store, 'close'>>(db, methods),
    async close() {
      db.handle.close();
    },
  };
}
