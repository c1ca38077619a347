import type { Actor } from '../core/base/actor.js';
import type { Materiality } from '../core/close/checklist.js';
import type { CreditPolicy } from '../core/invoices/invoice.js';
import type { PriceList } from '../core/prices/price.js';
import type { ApprovalPolicy } from '../core/rule-review/approval.js';
import type { SourceSettings } from '../core/sources/feed.js';
import type { NamedCredential, SourceKind } from '../core/sources/kind.js';
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
  /** Whether the configuration names a channel for teams that have none. */
  readonly hasDefaultChannel?: boolean;
}

/** A log with meanings: error = our bug, warn = look in batches, info = course of events. Never a secret. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A source as it is configured now. */
export interface ConfiguredSource {
  readonly name: string;
  readonly kind: string;
  readonly origin: 'file' | 'added';
  /** Null when it cannot be read as it is configured; `problem` says why. */
  readonly provider: Provider | null;
  readonly problem: string | null;
}

/** The sources of the configuration file and those added while running, read again at every call. */
export interface SourceCatalog {
  list(): Promise<readonly ConfiguredSource[]>;
  /** Kinds of source that there are. */
  readonly kinds: readonly SourceKind[];
  /** Credentials that the configuration file lends to sources added while running. */
  readonly credentials: readonly NamedCredential[];
  /**
   * A connector for a source that is not saved yet.
   * @throws AppError `invalid` for an unknown kind, a setting that its kind refuses or a credential that is not there.
   * No message holds what stands in `credential`.
   */
  create(source: NewSource): Provider;
}

/** A source to be added: `credential` is the name of one that the configuration file lends. */
export type NewSource = SourceSettings;

/** What use cases need of the machine and the process that they run in. */
export interface Machine {
  /** `host/process id`: the head of every lease that this process takes. */
  readonly processName: string;
  /** Whether a process of this machine has ended; false for other machines, of which nothing is known. */
  isGone(processName: string): boolean;
  /** Lets other work of the thread through between two steps. */
  nextTurn(): Promise<void>;
  /** In hexadecimal digits. */
  sha256(text: string): string;
}

/** What `app` hands to every use case. */
export interface Context {
  readonly store: Store;
  /** The connectors of the configuration file; `currentProviders` knows those added since, too. */
  readonly providers: readonly Provider[];
  /** All sources as they are configured now; absent: `providers` is all there is. */
  readonly sources?: SourceCatalog;
  readonly company: Company;
  /** Milliseconds since 1970; the only clock. */
  readonly clock: () => number;
  readonly log: Log;
  readonly machine: Machine;
  readonly actor: Actor;
  /** Reads the price list that comes with the installation; absent: prices are only those that were imported. */
  readonly bundledPrices?: () => PriceList;
}
