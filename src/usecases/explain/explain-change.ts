import { sumNanos } from '../../core/base/money.js';
import { type DayRange, MS_PER_DAY, monthsIn, toEpochDay } from '../../core/base/time.js';
import { type ChangeExplanation, type ChangePeriod, explainChange } from '../../core/explain/change.js';
import { isPerson, toCell, type Work } from '../../core/explain/work.js';
import type { SpendFigure } from '../../core/lineage/lineage.js';
import { SPEND_KEYS, type SpendFilter } from '../../core/spend/spend.js';
import { within } from '../allocation/months-within.js';
import type { Context } from '../context.js';
import { spendAsKnown } from '../spend/spend-as-known.js';

/** A comparison of one scope in two periods. */
export interface ChangeQuestion {
  /** Filters as those of a spend query: a dimension's owner, a key, a model, a service ... none: all spend. */
  readonly where: readonly SpendFilter[];
  readonly before: DayRange;
  readonly after: DayRange;
  /** Default: the company's. */
  readonly currency?: string;
}

/** Why the spend of a scope changed. */
export interface ExplainedChange extends ChangeExplanation {
  readonly question: ChangeQuestion;
  readonly currency: string;
  /**
   * The edition of the rules by which `before` is as it was reported then; null: today's, by which the whole
   * comparison is made. What differs is the part `re-allocation`.
   */
  readonly knownThen: number | null;
  /** Labels among the details that are people: their e-mail or login. */
  readonly people: readonly string[];
}

/**
 * Explains a change of spend by price, volume and mix, to the nano. Both periods are compared under today's rules;
 * what rules have moved since is a part of its own, found by allocating the earlier period by the rules and
 * memberships of its end. It may write and roll back, so it belongs where the long writes are made.
 * @throws AppError `invalid` for a key that does not exist.
 */
export async function explainSpendChange(
  context: Context,
  question: ChangeQuestion,
): Promise<ExplainedChange> {
  const currency = question.currency ?? context.company.currency;
  const then = await knownThen(context, question, currency);
  const before = await readPeriod(context, { ...question, range: question.before, currency });
  const after = await readPeriod(context, { ...question, range: question.after, currency });
  const explanation = explainChange(then === null ? before : { ...before, total: then.total }, after);
  const people = new Set(
    [...before.cells, ...after.cells].flatMap(({ key }) =>
      key !== null && isPerson(key) ? [key.label] : [],
    ),
  );
  return { ...explanation, question, currency, knownThen: then?.version ?? null, people: [...people] };
}

async function readPeriod(
  { store }: Context,
  figure: Pick<SpendFigure, 'where' | 'range' | 'currency'>,
): Promise<ChangePeriod> {
  const works: Work[] = [];
  for (const month of monthsIn(figure.range))
    works.push(await store.listWork({ ...figure, dimension: 'team', range: within(figure.range, month) }));
  const rows = works.flatMap((work) => work.rows);
  const moved = sumNanos(works.flatMap(({ moves }) => moves.map(({ cost }) => cost)));
  return { cells: rows.map(toCell), total: sumNanos(rows.map(({ cost }) => cost)) + moved };
}

/** No rule decides what a built-in key holds. */
function isBuiltIn(key: string): boolean {
  return SPEND_KEYS.some((known) => known === key);
}

/** What the earlier period cost by the rules of its end; null where these are today's, or there were none yet. */
async function knownThen(
  context: Context,
  { where, before }: ChangeQuestion,
  currency: string,
): Promise<{ readonly total: bigint; readonly version: number } | null> {
  const { store, clock } = context;
  const instantMs = toEpochDay(before.to) * MS_PER_DAY;
  if (instantMs > clock() || !where.some(({ key }) => !isBuiltIn(key))) return null;
  const { version } = await store.rulesetAt({ instantMs });
  const current = await store.currentRuleset();
  if (version.number === 0 || version.number === current.version.number) return null;
  const { answer } = await spendAsKnown(context, {
    query: { by: [], range: before, where, currency },
    at: { instantMs },
  });
  return { total: answer.total, version: version.number };
}
