import type { AllocationPiece } from './allocation.js';
import { evaluateMonth, type MonthInput } from './evaluate-month.js';

/**
 * Gives every day of every dimension set to an owner in every dimension. The pieces of a set cover its first to
 * last day within the month exactly once; neighbours differ in rule, target or reason. Dimensions come in
 * dependency order (the default ones always among them), then sets by id, then days: the order of the input
 * does not matter.
 */
export function allocateMonth(input: MonthInput): readonly AllocationPiece[] {
  const pieces: AllocationPiece[] = [];
  for (const { dimension, setId, shares } of evaluateMonth(input)) {
    for (const { from, to, ruleId, target, reason } of shares)
      pieces.push({ dimension, setId, from, to, ruleId, target, reason });
  }
  return pieces;
}
