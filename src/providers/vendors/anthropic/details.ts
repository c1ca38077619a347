import {
  absolute,
  compareText,
  createNanoCarry,
  formatNanos,
  type Nanos,
  splitNanos,
  sumNanos,
} from '../../../core/base/money.js';
import { cellKey, type DetailedLine, lineKind } from './cells.js';
import type { DetailFacts } from './client.js';
import type { Line } from './lines.js';
import { type Detail, quantitiesOf } from './schema.js';
import { SEPARATOR } from './vocabulary.js';

/** What one value of a dimension has of one cell. */
interface Share {
  readonly value: string | null;
  billed: Nanos;
  list: Nanos;
  quantity: number;
}

/** Vendors round each grouped row: two groupings of the same money may differ by this much a row, in nanos. */
const ROUNDING_NANOS_PER_ROW = 10n;
const FIELDS = {
  product: 'product',
  context_window: 'contextWindow',
  inference_geo: 'inferenceGeo',
  speed: 'speed',
  user_profile_id: 'customerId',
} as const satisfies Record<Detail, keyof Line>;

/**
 * Tells lines further dimensions that the vendor reports in calls of their own, cell by cell: exact where a cell
 * stands in one workspace or has one value; where both are many nothing is guessed, and a remark says how much that
 * is. No line's money changes by it: pieces of a line always add up to it.
 */
export function refine(
  lines: readonly DetailedLine[],
  details: readonly DetailFacts[],
): { readonly lines: readonly Line[]; readonly remarks: readonly string[] } {
  let refined = lines;
  const remarks: string[] = [];
  for (const facts of details) {
    const shares = indexShares(facts);
    const field = FIELDS[facts.detail];
    let untold = 0n;
    refined = cellsOf(refined).flatMap((cell): readonly DetailedLine[] => {
      const pieces = tell(cell, shares.get(cell[0]?.cell ?? '') ?? [], field);
      if (pieces === null) untold += sumNanos(cell.map(({ line }) => line.billedCost));
      return pieces ?? cell;
    });
    if (untold !== 0n) {
      remarks.push(
        `The ${facts.detail} of ${formatNanos(untold)} USD cannot be told: several workspaces share it.`,
      );
    }
  }
  return { lines: refined.map(({ line }) => line), remarks };
}

/** Lines by their cell, in the order they came in. */
function cellsOf(lines: readonly DetailedLine[]): readonly (readonly DetailedLine[])[] {
  const cells = new Map<string, DetailedLine[]>();
  for (const line of lines) {
    const known = cells.get(line.cell);
    if (known === undefined) cells.set(line.cell, [line]);
    else known.push(line);
  }
  return [...cells.values()];
}

function indexShares({ detail, costs, usage }: DetailFacts): ReadonlyMap<string, readonly Share[]> {
  const cells = new Map<string, Map<string, Share>>();
  for (const row of costs) {
    const cell = [cellKey(row), lineKind(row)].join(SEPARATOR);
    const value = row.group[detail] ?? null;
    const shares = cells.get(cell) ?? new Map<string, Share>();
    cells.set(cell, shares);
    const share = shares.get(value ?? '') ?? { value, billed: 0n, list: 0n, quantity: 0 };
    shares.set(value ?? '', share);
    share.billed += toNanos(row.cost.amount);
    share.list += toNanos(row.cost.list_amount);
  }
  for (const row of usage) {
    const value = row.group[detail] ?? null;
    for (const [kind, amount] of quantitiesOf(row.usage)) {
      const share = cells.get([cellKey(row), kind].join(SEPARATOR))?.get(value ?? '');
      if (share !== undefined) share.quantity += amount;
    }
  }
  return new Map(
    [...cells].map(([cell, shares]) => [
      cell,
      [...shares].toSorted(([a], [b]) => compareText(a, b)).map(([, share]) => share),
    ]),
  );
}

type Field = (typeof FIELDS)[Detail];

/** The cell's lines with the dimension told; null when nothing can be told for certain. */
function tell(
  lines: readonly DetailedLine[],
  shares: readonly Share[],
  field: Field,
): readonly DetailedLine[] | null {
  const [only, ...others] = shares;
  if (only === undefined) return lines;
  if (others.length === 0) {
    return lines.map(({ cell, line }) => ({ cell, line: { ...line, [field]: only.value } }));
  }
  const [whole, ...more] = lines;
  if (whole === undefined || more.length > 0) return null;
  const pieces = splitLine(whole.line, shares, field);
  return pieces?.map((line) => ({ cell: whole.cell, line })) ?? null;
}

function splitLine(line: Line, shares: readonly Share[], field: Field): readonly Line[] | null {
  const billed = divide(
    line.billedCost,
    shares.map((share) => share.billed),
  );
  const list = divide(
    line.listCost,
    shares.map((share) => share.list),
  );
  if (billed === null || list === null) return null;
  const counts = divide(
    BigInt(line.quantity ?? 0),
    shares.map((share) => BigInt(share.quantity)),
  );
  const off = sumNanos(shares.map((share) => share.billed)) - line.billedCost;
  const exact = absolute(off) <= BigInt(shares.length + 1) * ROUNDING_NANOS_PER_ROW;
  return shares.flatMap(({ value }, index): readonly Line[] => {
    // Quantities that the other call does not tell stay with the first piece rather than being lost.
    const count = counts === null ? (index === 0 ? line.quantity : null) : Number(counts[index]);
    const piece: Line = {
      ...line,
      [field]: value,
      billedCost: billed[index] ?? 0n,
      listCost: list[index] ?? 0n,
      quantity: line.quantity === null ? null : count,
      confidence: exact ? line.confidence : 'spread',
    };
    const empty = piece.billedCost === 0n && piece.listCost === 0n && (piece.quantity ?? 0) === 0;
    return empty ? [] : [piece];
  });
}

/** Divides by weights in their order; null when weights of both signs, or none, leave nothing to divide by. */
function divide(amount: bigint, weights: readonly bigint[]): readonly bigint[] | null {
  const sign = weights.some((weight) => weight < 0n) ? -1n : 1n;
  const signed = weights.map((weight, index) => ({ id: String(index), weight: weight * sign }));
  if (signed.some(({ weight }) => weight < 0n)) return null;
  const parts = splitNanos(amount, signed);
  if (parts === null) return amount === 0n ? weights.map(() => 0n) : null;
  return signed.map(({ id }) => parts.get(id) ?? 0n);
}

/** Cents to nanos, rounded alone: these only weigh, the money itself is the line's. */
function toNanos(cents: string): Nanos {
  return createNanoCarry().add(cents, -2);
}
