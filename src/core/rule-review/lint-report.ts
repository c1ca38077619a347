import type { CurrencyCost } from '../close/month.js';

/** A rule that does nothing, or two whose order alone decides about money. */
export interface LintLine {
  readonly dimension: string;
  readonly why: 'dead' | 'shadowed' | 'overlap';
  readonly name: string;
  /** The rule below, of an overlap. */
  readonly otherName: string | null;
  readonly atStake: readonly CurrencyCost[];
}

/** The figures of the weekly message about rules to look at. */
export interface LintFigures {
  /** ISO week, `2026-W47`. */
  readonly week: string;
  readonly version: number;
  /** The most expensive first. */
  readonly lines: readonly LintLine[];
  /** How many more there are than are listed. */
  readonly more: number;
  /** Stands for all of the findings, whatever their money: the message is not repeated while it stays the same. */
  readonly fingerprint: string;
}
