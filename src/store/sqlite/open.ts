import type { Store } from '../store.js';
import { createAlertStore } from './cases.js';
import { createClaimStore } from './claims.js';
import { openDatabase } from './database.js';
import { createDirectoryStore } from './directory.js';
import { createExportStore } from './export.js';
import { createFeedStore } from './feeds.js';
import { createFirstSyncStore } from './first-syncs.js';
import { createInstallationStore } from './installations.js';
import { createInvoiceStore } from './invoices.js';
import { createLedgerStore } from './ledger.js';
import { createLineageStore } from './lineage.js';
import { createMeasureStore } from './measures.js';
import { createMonthStore } from './months.js';
import { createOutboxStore } from './outbox.js';
import { createPlanStore } from './plans.js';
import { createPriceStore } from './prices.js';
import { createProvisioningStore } from './provisioning.js';
import { createRuleStore } from './rules.js';
import { createSeatStore } from './seats.js';
import { createSettingsStore } from './settings.js';
import { createTokenRecordStore } from './token-records.js';
import { createUsageStore } from './usage.js';
import { createWorkStore } from './work.js';

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
