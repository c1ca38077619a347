import type { AllocationPiece } from '../../core/allocation/allocation.js';
import { AppError } from '../../core/base/errors.js';
import { canonicalJson } from '../../core/base/json.js';
import { formatNanos } from '../../core/base/money.js';
import { type Month, monthOf, monthsIn } from '../../core/base/time.js';
import { createLineageBuilder } from '../../core/lineage/build.js';
import { type Edition, realDay } from '../../core/lineage/how.js';
import type {
  ChargeLine,
  HowLineage,
  Lineage,
  RawReference,
  SpendFigure,
  SplitWeights,
} from '../../core/lineage/lineage.js';
import type { FigureParts } from '../../core/lineage/portion.js';
import { asIncurred, recallWeights } from '../../core/lineage/recall-weights.js';
import type { IdentifierLink } from '../../core/people/data.js';
import { orderDimensions } from '../../core/rules/dependencies.js';
import type { VersionedRuleset } from '../../store/contract/rules.js';
import { within } from '../allocation/months-within.js';
import { type Company, readCompany, readMonth } from '../allocation/read-month.js';
import type { Context } from '../context.js';

/** How many charges are listed under each way, unless more are asked for. */
const USUAL_LINES = 20;

/**
 * Explains a figure: its charges, bill by bill, by which rule and how they came to it. Every level adds up to the
 * one above, and the whole to what `querySpend` answers, to the nano.
 * @throws AppError `invalid` for a key that does not exist; `conflict` when the figures change while it reads them.
 */
export async function explainNumber(
  context: Context,
  input: { readonly figure: SpendFigure; readonly mostLines?: number },
): Promise<Lineage> {
  const { figure, mostLines = USUAL_LINES } = input;
  const { store } = context;
  const { dimension, range, where, currency } = figure;
  const { total } = await store.querySpend({ by: [dimension], range, where, currency });
  const company = await readCompany(context);
  const builder = createLineageBuilder({ figure, directory: company.directory, mostLines });
  for (const month of monthsIn(range)) {
    const parts = await store.listPortions({ ...figure, range: within(range, month) });
    if (parts.charges.length + parts.moves.length === 0) continue;
    builder.add(parts, await editionOf(context, { month, figure, parts, company }));
    await context.machine.nextTurn(); // let Slack's acks through between months
  }
  const lineage = builder.finish();
  if (lineage.cost !== total) {
    context.log.warn('a figure and its lineage differ', {
      figure,
      total: formatNanos(total),
      lineage: formatNanos(lineage.cost),
    });
    throw new AppError('conflict', 'The figures changed while they were being explained; please ask again.');
  }
  return withSources(context, lineage);
}

interface MonthOfFigure {
  readonly month: Month;
  readonly figure: SpendFigure;
  readonly parts: FigureParts;
  readonly company: Company;
}

/** The rules that the month's allocations were made by; null when it has none. */
async function editionOf(context: Context, of: MonthOfFigure): Promise<Edition | null> {
  const { store } = context;
  const proofs = await store.listProofs(of.month);
  const proof = proofs.find(({ dimension }) => dimension === of.figure.dimension);
  if (proof === undefined) return null;
  const edition = await store.rulesetAt({ number: proof.rulesetVersion });
  const rules = orderDimensions(edition.ruleset).find(({ id }) => id === of.figure.dimension);
  if (rules === undefined) return null;
  // What is posted in the month for earlier ones was divided by the weights of those.
  const divided = of.parts.charges.filter(({ way }) => way !== null && way.steps.length > 0);
  const months = new Set(divided.map((charge) => monthOf(realDay(charge))));
  const weights = new Map<Month, Recalled>();
  for (const month of months) weights.set(month, await readWeights(context, { ...of, month }, edition));
  const weightsOf: Edition['weightsOf'] = (stepId, recipient, month) =>
    weights.get(month)?.(stepId, recipient) ?? null;
  return { version: edition.version.number, rules, weightsOf };
}

type Recalled = (stepId: string, recipient: string | null) => SplitWeights | null;

async function readWeights(
  context: Context,
  { month, figure, company }: MonthOfFigure,
  { ruleset }: VersionedRuleset,
): Promise<Recalled> {
  const {
    sets,
    money = [],
    measures = new Map(),
    recorded,
    late = [],
  } = await readMonth(context, month, {
    rulesets: [ruleset],
    company,
  });
  const pieces = await context.store.listAllocations(month);
  const rules = orderDimensions(ruleset).find(({ id }) => id === figure.dimension);
  if (rules === undefined) return () => null;
  const { directory } = company;
  const posted = new Map<Month, readonly AllocationPiece[]>();
  for (const { postedMonth } of late)
    if (!posted.has(postedMonth)) posted.set(postedMonth, await context.store.listAllocations(postedMonth));
  const incurred = asIncurred({ sets, money, measures, recorded, pieces, directory }, late, posted);
  return recallWeights(incurred, rules, figure.currency);
}

/** The lineage with who added its links and which vendor responses its listed charges were made from. */
async function withSources(context: Context, lineage: Lineage): Promise<Lineage> {
  const trace = createTrace(context);
  const bills = [];
  for (const bill of lineage.bills) {
    const rules = [];
    for (const rule of bill.rules) {
      const hows = [];
      for (const how of rule.hows) hows.push(await traced(trace, how));
      rules.push({ ...rule, hows });
    }
    bills.push({ ...bill, rules });
  }
  return { ...lineage, bills };
}

interface Trace {
  readonly rawOf: (line: ChargeLine) => Promise<readonly RawReference[]>;
  readonly recordOf: (link: IdentifierLink) => ReturnType<Context['store']['findLinkRecord']>;
}

/** Asks the store once for each day of a source and each link. */
function createTrace({ store }: Context): Trace {
  const responses = new Map<string, ReturnType<Trace['rawOf']>>();
  const records = new Map<string, ReturnType<Trace['recordOf']>>();
  return {
    rawOf({ source, day, priorDay }) {
      const on = priorDay ?? day;
      const key = `${source} ${on}`;
      const found = responses.get(key) ?? store.listRawReferences(source, on);
      responses.set(key, found);
      return found;
    },
    recordOf(link) {
      const key = canonicalJson(link);
      const found = records.get(key) ?? store.findLinkRecord(link);
      records.set(key, found);
      return found;
    },
  };
}

async function traced(trace: Trace, lineage: HowLineage): Promise<HowLineage> {
  const lines = [];
  for (const line of lineage.lines) lines.push({ ...line, raw: await trace.rawOf(line) });
  const { how } = lineage;
  if (how.kind !== 'directory' || how.evidence.link === null) return { ...lineage, lines };
  const linkedBy = await trace.recordOf(how.evidence.link);
  return { ...lineage, lines, how: { ...how, linkedBy } };
}
