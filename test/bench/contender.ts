import type { Nanos } from '../../src/core/base/money.js';
import type { Rule, Ruleset } from '../../src/core/rules/rule.js';
import type { BenchCompany } from './company.js';

/** Effective cost of every team and month with charges, by `2026-10 Search`. */
export type Cells = ReadonlyMap<string, Nanos>;

/** A way of allocating the company's bills. Each notes how long its steps take. */
export interface Contender {
  importBills(company: BenchCompany): Promise<void>;
  /** Puts a ruleset in force and allocates a year by it. */
  allocate(ruleset: Ruleset): Promise<void>;
  /** One rule reads differently now; `ruleset` is all of them. Ends with the monthly report. */
  edit(ruleset: Ruleset, rule: Rule): Promise<Cells>;
  monthlyByTeam(): Promise<Cells>;
  peakMb(): Promise<number>;
  stop(): Promise<void>;
}

/** The number of rules, as steps are called by it. */
export function countRules(ruleset: Ruleset): number {
  return ruleset.dimensions.reduce((sum, { rules }) => sum + rules.length, 0);
}
