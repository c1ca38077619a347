import { canonicalJson } from '../base/json.js';
import { compareText, type Nanos, sumNanos } from '../base/money.js';
import { type Day, monthOf } from '../base/time.js';
import type { Bill, Confidence } from '../ledger/charge.js';
import type { Directory } from '../people/directory.js';
import { chargeLineOf, moveLineOf } from './charge-line.js';
import { createHowReader, type Edition, type HowReader, NEVER_ALLOCATED, natureOf } from './how.js';
import type {
  BillLineage,
  ChargeLine,
  How,
  HowLineage,
  InvoiceHead,
  Lineage,
  RuleLineage,
  SpendFigure,
  Summed,
} from './lineage.js';
import type { ChargePortion, FigureParts, OwnerMove } from './portion.js';
import { compareMagnitude, entryOf, Tally } from './sums.js';

/** What a lineage is built from, beside the charges. */
export interface LineageFrame {
  readonly figure: SpendFigure;
  readonly directory: Directory;
  /** How many charges are listed under each way; the others are added up. */
  readonly mostLines: number;
}

/** Builds a lineage month by month, so that a year of charges never lies in memory at once. */
export interface LineageBuilder {
  /** Adds what of one month is in the figure; `edition` is null where the month was never allocated. */
  add(parts: FigureParts, edition: Edition | null): void;
  finish(): Lineage;
}

/** An empty lineage, to be filled. */
export function createLineageBuilder(frame: LineageFrame): LineageBuilder {
  const reader = createHowReader(frame.directory);
  const total = new Tally();
  const bills = createBills();
  return {
    add({ charges, moves }, edition) {
      for (const charge of charges) {
        const leaf = leafOf(charge, edition, reader);
        total.add(leaf.cost, leaf.confidence);
        bills.nodeOf(charge.set.attributes.source ?? '', charge.bill).add(leaf, frame.mostLines);
      }
      for (const move of moves) {
        const leaf = leafOfMove(move);
        total.add(leaf.cost, leaf.confidence);
        bills.nodeOf(move.set.attributes.source ?? '', null).add(leaf, frame.mostLines);
      }
    },
    finish: () => ({ figure: frame.figure, ...total.summed(), bills: bills.finish() }),
  };
}

/** The bills by what people tell them apart by; charges share few bill objects, so those are looked up first. */
function createBills() {
  const nodes = new Map<string, BillNode>();
  const known = new Map<string, Map<Bill | null, BillNode>>();
  return {
    nodeOf(source: string, bill: Bill | null): BillNode {
      const ofSource = entryOf(known, source, () => new Map<Bill | null, BillNode>());
      return entryOf(ofSource, bill, () => {
        const head = { source, invoice: bill === null ? null : invoiceOf(bill) };
        return entryOf(nodes, canonicalJson(head), () => new BillNode(head));
      });
    },
    finish: () =>
      largestFirst(
        [...nodes.values()].map((node) => node.finish()),
        ({ source, invoice }) => `${source} ${canonicalJson(invoice)}`,
      ),
  };
}

function invoiceOf({
  invoiceIssuerName,
  billingAccountId,
  invoiceId,
  billingPeriodStart,
}: Bill): InvoiceHead {
  return { invoiceIssuerName, billingAccountId, billingPeriod: monthOf(billingPeriodStart), invoiceId };
}

/** A charge or move on its way down the levels. */
interface Leaf {
  readonly rule: RuleHead & { readonly key: string };
  readonly how: HowHead & { readonly key: string };
  readonly day: Day;
  readonly cost: Nanos;
  readonly chargeCost: Nanos;
  readonly confidence: Confidence;
  readonly toLine: () => ChargeLine;
}

function leafOf(charge: ChargePortion, edition: Edition | null, reader: HowReader): Leaf {
  const { way, day, cost, chargeCost, kind } = charge;
  const { ruleId = null, target = null, reason = NEVER_ALLOCATED, basis = {} } = way ?? {};
  const why = target === null ? reason : null;
  const version = way === null ? null : (edition?.version ?? null);
  const rule = ruleId === null || edition === null ? null : reader.wordingOf(ruleId, edition);
  const { key, how } = reader.howOf(charge, edition);
  const nature = natureOf(charge);
  return {
    rule: { key: `${version ?? ''} ${ruleId ?? ''} ${why ?? ''}`, version, rule, reason: why },
    how: { key: `${nature} ${key}`, how, nature, basis, target },
    day,
    cost,
    chargeCost,
    confidence: kind.confidence,
    toLine: () => chargeLineOf(charge),
  };
}

/** A move belongs to no bill, so that nothing but its being made says how sure it is. */
function leafOfMove(move: OwnerMove): Leaf {
  const { originalMonth, target, reason, day, cost } = move;
  const why = target === null ? (reason ?? NEVER_ALLOCATED) : null;
  const how: How = { kind: 'moved', originalMonth };
  return {
    rule: { key: ` ${why ?? ''}`, version: null, rule: null, reason: why },
    how: { key: `${originalMonth} ${target ?? ''}`, how, nature: 'adjustment', basis: {}, target },
    day,
    cost,
    chargeCost: cost,
    confidence: 'billed',
    toLine: () => moveLineOf(move),
  };
}

type BillHead = Omit<BillLineage, keyof Summed | 'rules'>;
type RuleHead = Omit<RuleLineage, keyof Summed | 'hows'>;
type HowHead = Pick<HowLineage, 'how' | 'nature' | 'basis' | 'target'>;

class BillNode {
  readonly #head: BillHead;
  readonly #tally = new Tally();
  readonly #rules = new Map<string, RuleNode>();

  constructor(head: BillHead) {
    this.#head = head;
  }

  add(leaf: Leaf, mostLines: number): void {
    this.#tally.add(leaf.cost, leaf.confidence);
    const { key, ...head } = leaf.rule;
    entryOf(this.#rules, key, () => new RuleNode(head)).add(leaf, mostLines);
  }

  finish(): BillLineage {
    const rules = [...this.#rules.values()].map((rule) => rule.finish());
    return {
      ...this.#head,
      ...this.#tally.summed(),
      rules: largestFirst(rules, ({ rule, reason }) => `${rule?.id ?? ''} ${reason ?? ''}`),
    };
  }
}

class RuleNode {
  readonly #head: RuleHead;
  readonly #tally = new Tally();
  readonly #hows = new Map<string, HowNode>();

  constructor(head: RuleHead) {
    this.#head = head;
  }

  add(leaf: Leaf, mostLines: number): void {
    this.#tally.add(leaf.cost, leaf.confidence);
    const { key, ...head } = leaf.how;
    entryOf(this.#hows, key, () => new HowNode(head, mostLines)).add(leaf);
  }

  finish(): RuleLineage {
    const hows = [...this.#hows].map(([key, how]) => ({ key, ...how.finish() }));
    return {
      ...this.#head,
      ...this.#tally.summed(),
      hows: largestFirst(hows, ({ key }) => key).map(({ key: _key, ...how }) => how),
    };
  }
}

class HowNode {
  readonly #head: HowHead;
  readonly #tally = new Tally();
  readonly #largest: Largest;
  #chargeCost: Nanos = 0n;

  constructor(head: HowHead, mostLines: number) {
    this.#head = head;
    this.#largest = new Largest(mostLines);
  }

  add(leaf: Leaf): void {
    this.#tally.add(leaf.cost, leaf.confidence);
    this.#chargeCost += leaf.chargeCost;
    this.#largest.add(leaf);
  }

  finish(): HowLineage {
    const listed = this.#largest.inOrder();
    const rest = {
      charges: this.#tally.charges - listed.length,
      cost: this.#tally.cost - sumNanos(listed.map(({ cost }) => cost)),
    };
    return {
      ...this.#head,
      ...this.#tally.summed(),
      chargeCost: this.#chargeCost,
      lines: listed.map((leaf) => leaf.toLine()),
      remainder: rest.charges === 0 ? null : rest,
    };
  }
}

/** Keeps the largest of many leaves without keeping all; equal ones in the order in which they came. */
class Largest {
  readonly #most: number;
  #kept: Leaf[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(leaf: Leaf): void {
    this.#kept.push(leaf);
    if (this.#kept.length > 4 * this.#most + 100) this.#kept = [...this.inOrder()];
  }

  inOrder(): readonly Leaf[] {
    const ordered = this.#kept.toSorted(
      (a, b) => compareMagnitude(a.cost, b.cost) || compareText(a.day, b.day),
    );
    return ordered.slice(0, this.#most);
  }
}

function largestFirst<T extends Summed>(items: readonly T[], nameOf: (item: T) => string): readonly T[] {
  return items.toSorted((a, b) => compareMagnitude(a.cost, b.cost) || compareText(nameOf(a), nameOf(b)));
}
