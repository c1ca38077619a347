import type { Actor } from '../../core/base/actor.js';
import type { Day } from '../../core/base/time.js';
import type { ModelAlias, Price } from '../../core/prices/price.js';

/** An import of prices: what it brought; never deleted. */
interface PriceSnapshot {
  readonly source: string;
  /** Of the content, so that the same content again is no import. */
  readonly contentHash: string;
  readonly importedAtMs: number;
  readonly offered: number;
  readonly added: number;
}

/** What came of an import. */
export interface PriceImport {
  readonly source: string;
  readonly offered: number;
  readonly added: number;
  /** True when exactly this content of this source was the last one taken in. */
  readonly unchanged: boolean;
}

/** Prices by day. Rows are only ever added: a price that changes gets a row that is valid from then on. */
export interface PriceStore {
  /**
   * Takes prices in as one snapshot, audited. What a list changes in place counts from `day` on, never backwards; an
   * override counts on its own days. The same content again changes nothing.
   */
  putPrices(batch: {
    readonly source: string;
    readonly contentHash: string;
    readonly prices: readonly Price[];
    readonly aliases: readonly ModelAlias[];
    readonly day: Day;
    readonly actor: Actor;
    readonly atMs: number;
  }): Promise<PriceImport>;
  /** The prices in force with their days, and the other names of models. */
  listPrices(): Promise<{ readonly prices: readonly Price[]; readonly aliases: readonly ModelAlias[] }>;
  /** Imports, newest first. */
  listPriceSnapshots(): Promise<readonly PriceSnapshot[]>;
}
