import type { Store } from '../store.js';
import { createAlertStore } from './alerts/cases.js';
import { createUsageStore } from './alerts/usage.js';
import { openDatabase } from './base/database.js';
import { createPlanStore } from './budgets/plans.js';
import { createClaimStore } from './claims/claims.js';
import { createMonthStore } from './close/months.js';
import { createInvoiceStore } from './invoices/invoices.js';
import { createMeasureStore } from './ledger/measures.js';
import { createLedgerStore } from './ledger-store.js';
import { createLineageStore } from './lineage/lineage.js';
import { createWorkStore } from './lineage/work.js';
import { createOutboxStore } from './notices/outbox.js';
import { createDirectoryStore } from './people/directory.js';
import { createProvisioningStore } from './people/provisioning.js';
import { createPriceStore } from './prices/prices.js';
import { createRuleStore } from './rules/rules.js';
import { createSeatStore } from './seats/seats.js';
import { createInstallationStore } from './settings/installations.js';
import { createSettingsStore } from './settings/settings.js';
import { createFeedStore } from './sources/feeds.js';
import { createFirstSyncStore } from './sources/first-syncs.js';
import { createTokenRecordStore } from './sources/token-records.js';
import { createExportStore } from './spend/export.js';

/** Opens the store in a SQLite file (`:memory:` for a throw-away one), creating it when it is not there. */
export async function openSqliteStore(path: string): Promise<Store> {
  const db = openDatabase(path);
  return {
    ...createLedgerStore(db),
    ...createLineageStore(db),
    ...createInvoiceStore(db),
    ...createRuleStore(db),
    ...createDirectoryStore(db),
    ...createFeedStore(db),
    ...createOutboxStore(db),
    ...createClaimStore(db),
    ...createProvisioningStore(db),
    ...createMonthStore(db),
    ...createMeasureStore(db),
    ...createInstallationStore(db),
    ...createExportStore(db),
    ...createWorkStore(db),
    ...createUsageStore(db),
    ...createAlertStore(db),
    ...createSettingsStore(db),
    ...createPlanStore(db),
    ...createSeatStore(db),
    ...createPriceStore(db),
    ...createFirstSyncStore(db),
    ...createTokenRecordStore(db),
    async close() {
      db.handle.close();
    },
  };
}
