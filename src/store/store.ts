import type { AlertStore } from './contract/alert.js';
import type { ClaimStore } from './contract/claim.js';
import type { DirectoryStore } from './contract/directory.js';
import type { ExportStore } from './contract/export.js';
import type { FeedStore } from './contract/feed.js';
import type { FirstSyncStore } from './contract/first-sync.js';
import type { InstallationStore } from './contract/installation.js';
import type { InvoiceStore } from './contract/invoice.js';
import type { LedgerStore } from './contract/ledger.js';
import type { LineageStore } from './contract/lineage.js';
import type { MeasureStore } from './contract/measure.js';
import type { MonthStore } from './contract/month.js';
import type { OutboxStore } from './contract/outbox.js';
import type { PlanStore } from './contract/plan.js';
import type { PriceStore } from './contract/price.js';
import type { ProvisioningStore } from './contract/provisioning.js';
import type { RuleStore } from './contract/rule.js';
import type { SeatStore } from './contract/seat.js';
import type { SettingsStore } from './contract/settings.js';
import type { TokenRecordStore } from './contract/token-record.js';
import type { UsageStore } from './contract/usage.js';
import type { WorkStore } from './contract/work.js';

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
