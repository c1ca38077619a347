import type { Actor } from '../core/actor.js';
import type { CreditPolicy } from '../core/invoice.js';
import type { Materiality } from '../core/month-checklist.js';
import type { PriceList } from '../core/price.js';
import type { ApprovalPolicy } from '../core/rules/approval.js';
import type { Provider } from '../providers/provider.js';
import type { Store } from '../store/store.js';

/** Settings of the company that use cases need; from the configuration, frozen. */
export interface Company {
  readonly name: string;
  /** IANA zone of HR days, schedules and digests. */
  readonly timeZone: string;
  /** ISO 4217 currency in which questions are answered. */
  readonly currency: string;
  /** How much may stay unallocated in a month that is locked; absent: `DEFAULT_MATERIALITY`. */
  readonly materiality?: Materiality;
  /** Above what moved money a change of the rules needs a second person; absent: never. */
  readonly approval?: ApprovalPolicy;
  /** Who bears credits; absent: promotional ones follow the usage, expired ones are nobody's in particular. */
  readonly credits?: CreditPolicy;
}

/** A log with meanings: error = our bug, warn = look in batches, info = course of events. Never a secret. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What every use case is handed by the roof. */
export interface Context {
  readonly store: Store;
  readonly providers: readonly Provider[];
  readonly company: Company;
  /** Milliseconds since 1970; the only clock. */
  readonly clock: () => number;
  readonly log: Log;
  readonly actor: Actor;
  /** Reads the price list that comes with the installation; absent: prices are only those that were imported. */
  readonly bundledPrices?: () => PriceList;
}
