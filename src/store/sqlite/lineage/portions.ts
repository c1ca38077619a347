import { crossParts, type OwnedPart, type Owners } from '../../../core/allocation/cross-parts.js';
import { invalid } from '../../../core/base/errors.js';
import { type Nanos, sumNanos } from '../../../core/base/money.js';
import { type Day, fromEpochDay } from '../../../core/base/time.js';
import type { Confidence } from '../../../core/ledger/charge.js';
import type { SpendFigure } from '../../../core/lineage/lineage.js';
import {
  type ChargePortion,
  divideAmong,
  type FigureParts,
  type PortionWay,
} from '../../../core/lineage/portion.js';
import { UNALLOCATED } from '../../../core/rules/target.js';
import type { SpendFilter } from '../../../core/spend/spend.js';
import { CONFIDENCE, inWorkingOrder, type NamedDimension } from '../allocation/crossed-money.js';
import type { Database } from '../base/database.js';
import type { Words } from '../ledger/words.js';
import { dimensionIdOf } from '../spend/keys.js';
import { readMoves, type StoredMove } from './owner-moves.js';
import { createOwnership, type Held, type Ownership } from './ownership.js';
import { type ChargeCell, readCharges, type StoredCharge } from './portion-charges.js';

/** What decides whether, and by which way, a cell is in a figure. */
interface Question {
  /** In working order: the order in which `querySpend` combines them. */
  readonly dimensions: readonly NamedDimension[];
  /** The dimension whose splits are listed. */
  readonly main: string;
  readonly where: readonly SpendFilter[];
  readonly owned: Ownership;
}

/** What of a cell is in the figure by one way; only charges of the confidence, where one is named. */
interface WantedPart {
  readonly way: PortionWay | null;
  readonly confidence: string | null;
  /** Null: all that the charges cost. */
  readonly cost: Nanos | null;
}

/** The body of `LineageStore.listPortions`: charges and owners of one and the same moment. */
export function listPortions(db: Database, words: Words, figure: SpendFigure): FigureParts {
  if (dimensionIdOf(db, words, figure.dimension) === null)
    invalid(
      `"${figure.dimension}" has no rules that could explain a figure: name a dimension, such as team.`,
    );
  return db.handle.transaction(() => {
    const keys = new Set([figure.dimension, ...figure.where.map(({ key }) => key)]);
    const dimensions = [...keys].flatMap((name) => {
      const id = dimensionIdOf(db, words, name);
      return id === null ? [] : [{ id, name }];
    });
    const cells = readCharges(db, words, figure);
    const setIds = new Set(cells.map(({ setId }) => setId));
    const owned = createOwnership(db, words, { dimensions, range: figure.range, setIds });
    const question: Question = {
      dimensions: dimensions.toSorted(inWorkingOrder),
      main: figure.dimension,
      where: figure.where,
      owned,
    };
    return {
      charges: cells.flatMap((cell) => portionsOf(cell, question)),
      moves: readMoves(db, words, figure, dimensions).filter((move) => isWantedMove(move, question)),
    };
  })();
}

/** A move in one dimension says nothing of the others: there it counts as Unallocated, as in `adjustedMoney`. */
function isWantedMove({ dimension, owner }: StoredMove, question: Question): boolean {
  return (
    passes(question, CONFIDENCE, 'billed') &&
    question.dimensions.every(({ name }) => passes(question, name, name === dimension ? owner : null))
  );
}

function portionsOf(cell: ChargeCell, question: Question): readonly ChargePortion[] {
  const day = fromEpochDay(cell.day);
  return wantedParts(cell, question).flatMap(({ way, confidence, cost }) => {
    const charges =
      confidence === null ? cell.charges : cell.charges.filter(({ kind }) => kind.confidence === confidence);
    const costs = charges.map((charge) => charge.cost);
    const shares = cost === null ? costs : divideAmong(cost, costs);
    return charges.map((charge, index) => portion(charge, { cell, day, way, cost: shares[index] ?? 0n }));
  });
}

function portion(
  { cost: chargeCost, ...charge }: StoredCharge,
  { cell, day, way, cost }: { cell: ChargeCell; day: Day; way: PortionWay | null; cost: Nanos },
): ChargePortion {
  return { setId: cell.setId, day, ...charge, chargeCost, cost, way };
}

/** Parts are combined as `readCrossedMoney` does, so that they add up to what `querySpend` answers. */
function wantedParts(cell: ChargeCell, question: Question): readonly WantedPart[] {
  const held = question.dimensions.map((dimension) => ({
    name: dimension.name,
    held: question.owned.of(dimension, cell),
  }));
  for (const { name, held: each } of held)
    if (each.kind === 'whole' && !passes(question, name, each.way?.target ?? null)) return [];
  const divided = held.flatMap(({ name, held: each }) =>
    each.kind === 'parts' ? [{ name, parts: each.parts }] : [],
  );
  const main = held.find(({ name }) => name === question.main)?.held;
  const wayOf = (part: string | null) =>
    main?.kind === 'parts' ? (main.parts[Number(part)]?.way ?? null) : (main?.way ?? null);
  if (divided.length === 0) {
    const confidences = asksConfidence(question) ? confidencesOf(cell) : [null];
    return confidences
      .filter((confidence) => passes(question, CONFIDENCE, confidence))
      .map((confidence) => ({ way: wayOf(null), confidence, cost: null }));
  }
  const keys = [CONFIDENCE, ...divided.map(({ name }) => name)];
  const wanted = combined(cell, question, divided).filter(({ owners }) =>
    keys.every((key) => passes(question, key, owners[key] ?? null)),
  );
  return joined(wanted).map(({ part, ...rest }) => ({ way: wayOf(part), ...rest }));
}

/** What the parts come to by part of the main dimension and by confidence. */
function joined(parts: readonly OwnedPart[]) {
  const sums = new Map<string, { part: string | null; confidence: string | null; cost: Nanos }>();
  for (const { owners, cells } of parts) {
    const [part, confidence] = [owners[PART] ?? null, owners[CONFIDENCE] ?? null];
    const sum = sums.get(`${part}/${confidence}`) ?? { part, confidence, cost: 0n };
    sums.set(`${part}/${confidence}`, sum);
    sum.cost += sumNanos(cells.map(({ effectiveCost }) => effectiveCost));
  }
  return [...sums.values()].filter(({ cost }) => cost !== 0n);
}

function asksConfidence({ where }: Question): boolean {
  return where.some(({ key }) => key === CONFIDENCE);
}

/** Null is Unallocated. */
function passes({ where }: Question, key: string, value: string | null): boolean {
  return where.every((filter) => filter.key !== key || filter.values.includes(value ?? UNALLOCATED));
}

/** Which part of the main dimension it is: no name of a dimension, since those are lower case. */
const PART = 'PART';

type Divided = readonly { readonly name: string; readonly parts: (Held & { kind: 'parts' })['parts'] }[];

function combined(cell: ChargeCell, question: Question, divided: Divided): readonly OwnedPart[] {
  const axes = divided.map(({ name, parts }) =>
    parts.map(({ way, cost }, index) => {
      const owners = { ...way.basis, [name]: way.target };
      return ownedPart(cell, name === question.main ? { ...owners, [PART]: String(index) } : owners, cost);
    }),
  );
  const confidences = asksConfidence(question) ? [confidenceParts(cell)] : [];
  const [first = [], ...others] = [...confidences, ...axes];
  return others.reduce<readonly OwnedPart[]>(crossParts, first);
}

function confidenceParts(cell: ChargeCell): readonly OwnedPart[] {
  return confidencesOf(cell).map((name) => {
    const own = cell.charges.filter(({ kind }) => kind.confidence === name);
    return ownedPart(cell, { [CONFIDENCE]: name }, sumNanos(own.map(({ cost }) => cost)));
  });
}

function confidencesOf(cell: ChargeCell): readonly Confidence[] {
  return [...new Set(cell.charges.map(({ kind }) => kind.confidence))].toSorted();
}

function ownedPart({ day, billId }: ChargeCell, owners: Owners, effectiveCost: Nanos): OwnedPart {
  const amounts = { effectiveCost, billedCost: 0n, listCost: 0n };
  return { owners, cells: [{ day: fromEpochDay(day), billId, currency: '', ...amounts }] };
}
