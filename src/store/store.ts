import type { AlertStore, UsageStore } from './contract/alerts.js';
import type { PlanStore } from './contract/budgets.js';
import type { ClaimStore } from './contract/claims.js';
import type { MonthStore } from './contract/close.js';
import type { InvoiceStore } from './contract/invoices.js';
import type { LedgerStore, MeasureStore } from './contract/ledger.js';
import type { LineageStore, WorkStore } from './contract/lineage.js';
import type { OutboxStore } from './contract/notices.js';
import type { DirectoryStore, ProvisioningStore } from './contract/people.js';
import type { PriceStore } from './contract/prices.js';
import type { RuleStore } from './contract/rules.js';
import type { SeatStore } from './contract/seats.js';
import type { InstallationStore, SettingsStore } from './contract/settings.js';
import type { FeedStore, PullHoldStore, TokenRecordStore } from './contract/sources.js';
import type { ExportStore } from './contract/spend.js';

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
    PullHoldStore,
    TokenRecordStore,
    ProvisioningStore {
  close(): Promise<void>;
}
