import { addDays, type Day, firstDay } from '../base/time.js';
import { type PreparedRules, prepareRules } from '../rules/prepared.js';
import type { AllocationPiece, NegativeWeight } from './allocation.js';
import { evaluateMonth, lateSets, type MonthInput } from './evaluate-month.js';
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
  const rules = prepared ?? prepareRules(input.ruleset);
  const posted = postedPieces(input, rules);
  for (const result of evaluateMonth(input, rules)) {
    const own = result.pieces.filter(({ setId }) => setId >= 0);
    const late = posted.get(result.dimension) ?? [];
    pieces.push(late.length === 0 ? own : [...own, ...late].toSorted((a, b) => a.setId - b.setId));
    negativeWeights.push(...result.negativeWeights);
    linter?.note(result);
  }
  return { pieces: pieces.flat(), negativeWeights };
}

/**
 * The pieces of charges of earlier, locked months that are posted in this month, by dimension: each month is worked
 * out with all that has come since, so that they have the owners that they would have had in time.
 */
function postedPieces(
  { month, ruleset, earlier = [] }: MonthInput,
  prepared: PreparedRules,
): ReadonlyMap<string, readonly AllocationPiece[]> {
  const posted = new Map<string, AllocationPiece[]>();
  const postingDay = firstDay(month);
  for (const input of earlier) {
    const late = lateSets(input.late ?? []).filter(({ postedMonth }) => postedMonth === month);
    const byPlaceholder = new Map(late.map((each) => [each.placeholder, each]));
    for (const { dimension, pieces } of evaluateMonth({ ...input, ruleset }, prepared)) {
      const own = posted.get(dimension) ?? [];
      posted.set(dimension, own);
      for (const piece of pieces) {
        const set = byPlaceholder.get(piece.setId);
        if (set !== undefined) own.push(movedPiece(piece, set.setId, postingDay));
      }
    }
  }
  return posted;
}

/** A piece of one day, put on another day and set. */
export function movedPiece({ split, ...piece }: AllocationPiece, setId: number, day: Day): AllocationPiece {
  const moved = { ...piece, setId, from: day, to: addDays(day, 1) };
  if (split === undefined) return moved;
  const parts = split.map((part) => ({ ...part, cells: part.cells.map((cell) => ({ ...cell, day })) }));
  return { ...moved, split: parts };
}
