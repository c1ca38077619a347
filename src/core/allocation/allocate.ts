import type { PreparedRules } from '../rules/prepared.js';
import type { AllocationPiece, NegativeWeight } from './allocation.js';
import { evaluateMonth, type MonthInput } from './evaluate-month.js';
import type { Linter } from './lint.js';

/** A month worked out, and what was odd about it. */
export interface MonthAllocation {
  readonly pieces: readonly AllocationPiece[];
  readonly negativeWeights: readonly NegativeWeight[];
}

/**
 * Gives every day of every dimension set to an owner, or its money to several, in every dimension. The pieces of a
 * set cover its first to last day within the month exactly once; neighbours differ in rule, target or reason.
 * Dimensions come in dependency order (the default ones always among them), then sets by id, then days: the order
 * of the input does not matter.
 */
export function allocateMonth(input: MonthInput): readonly AllocationPiece[] {
  return allocateWithFindings(input).pieces;
}

/**
 * `allocateMonth`, telling which weights were taken for zero, and a linter which rules did something.
 * @param prepared the input's ruleset, or the part of it that is asked about: prepare it once for several months.
 */
export function allocateWithFindings(
  input: MonthInput,
  linter?: Pick<Linter, 'note'>,
  prepared?: PreparedRules,
): MonthAllocation {
  const pieces: AllocationPiece[][] = [];
  const negativeWeights: NegativeWeight[] = [];
  for (const result of evaluateMonth(input, prepared)) {
    pieces.push([...result.pieces]);
    negativeWeights.push(...result.negativeWeights);
    linter?.note(result);
  }
  return { pieces: pieces.flat(), negativeWeights };
}
