import type { AlertStore } from './alert-store.js';
import type { ClaimStore } from './claim-store.js';
import type { DirectoryStore } from './directory-store.js';
import type { ExportStore } from './export-store.js';
import type { FeedStore } from './feed-store.js';
import type { FirstSyncStore } from './first-sync-store.js';
import type { InstallationStore } from './installation-store.js';
import type { InvoiceStore } from './invoice-store.js';
import type { LedgerStore } from './ledger-store.js';
import type { LineageStore } from './lineage-store.js';
import type { MeasureStore } from './measure-store.js';
import type { MonthStore } from './month-store.js';
import type { OutboxStore } from './outbox-store.js';
import type { PlanStore } from './plan-store.js';
import type { PriceStore } from './price-store.js';
import type { ProvisioningStore } from './provisioning-store.js';
import type { RuleStore } from './rule-store.js';
import type { SeatStore } from './seat-store.js';
import type { SettingsStore } from './settings-store.js';
import type { TokenRecordStore } from './token-record-store.js';
import type { UsageStore } from './usage-store.js';
import type { WorkStore } from './work-store.js';

/**
 * Everything Apportion keeps, in core's words. Every method is async and is one transaction: no caller can hold
 * one open. Any engine that passes `test/store/contract.ts` may stand behind it.
 */
export interface Store
  extends LedgerStore,
    RuleStore,
    DirectoryStore,
    FeedStore,
    OutboxStore,
    MonthStore,
    MeasureStore,
    SeatStore,
    ClaimStore,
    LineageStore,
    InvoiceStore,
    InstallationStore,
    ExportStore,
    WorkStore,
    UsageStore,
    AlertStore,
    SettingsStore,
    PlanStore,
    PriceStore,
    FirstSyncStore,
    TokenRecordStore,
    ProvisioningStore {
  close(): Promise<void>;
}
