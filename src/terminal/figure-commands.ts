import type { Command } from 'commander';
import { invalid } from '../core/base/errors.js';
import { formatNanos } from '../core/base/money.js';
import { parseDay, parseMonth } from '../core/base/time.js';
import type { SpendAnswer, SpendQuery, SpendRow } from '../core/spend/spend.js';
import { reallocate } from '../usecases/allocation/reallocate.js';
import { reconcile } from '../usecases/allocation/reconcile.js';
import type { Context } from '../usecases/context.js';
import { spendAsIs } from '../usecases/spend/spend-as-is.js';
import { spendAsKnown } from '../usecases/spend/spend-as-known.js';
import { collect, parseFilter, parseKnownAt, rangeOf } from './ranges.js';
import { reconciliationText } from './reconcile-output.js';
import { columns, type Session } from './session.js';

/** reallocate, spend, reconcile: figures on their way out. */
export function addFigureCommands(program: Command, session: Session): void {
  program
    .command('reallocate')
    .description('drain the stale months')
    .action(() => drain(session));
  program
    .command('spend')
    .description('effective cost, grouped')
    .requiredOption(
      '--by <keys>',
      'day, month, team, product, provider, service, model, key, person ... with commas',
    )
    .requiredOption('--from <day>', 'first day')
    .requiredOption('--to <day>', 'last day, inclusive')
    .option('--where <name=value>', 'filter; may be given more than once', collect, [])
    .option('--as-is <day>', 'as if the company had always been as it was on that day (default: as it was)')
    .option('--known-at <when>', 'by the rules and memberships as known then: v3, or 2026-11-01T00:00:00Z')
    .option('--currency <code>', 'ISO 4217 (default: the company currency)')
    .action((options: SpendOptions) => spend(session, options));
  program
    .command('reconcile')
    .description('invoices against ledger and allocations, with the conservation proof')
    .requiredOption('--period <month>', 'billing period, 2026-10')
    .action(async (options: { period: string }) => {
      const report = await reconcile(await session.freshContext(), { period: parseMonth(options.period) });
      session.answer(report, reconciliationText(report));
    });
}

async function drain(session: Session): Promise<void> {
  const proofs = await reallocate(await session.context());
  const months = [...new Set(proofs.map((proof) => proof.month))];
  const json = {
    months,
    proofs: proofs.map(({ month, dimension, groups }) => ({ month, dimension, groups, conserved: true })),
  };
  const done = `Re-allocated ${months.join(', ')}; every invoice, day and currency conserves its total.`;
  session.answer(json, months.length === 0 ? 'No month is stale.' : done);
}

interface SpendOptions {
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly where: readonly string[];
  readonly currency?: string;
  readonly asIs?: string;
  readonly knownAt?: string;
}

/** An answer, and what it is told with: a note for people, fields for programs. */
interface Told {
  readonly answer: SpendAnswer;
  readonly note: string | null;
  readonly label: Readonly<Record<string, unknown>>;
}

/** As it was, unless one of the two other views is asked for. */
async function askLedger(context: Context, query: SpendQuery, options: SpendOptions): Promise<Told> {
  if (options.asIs !== undefined && options.knownAt !== undefined)
    return invalid('Give --as-is or --known-at, not both.');
  if (options.asIs !== undefined) {
    const asOf = parseDay(options.asIs);
    const note = `As-is: under the organisation of ${asOf}. What was charged back is without --as-is.`;
    return { answer: await spendAsIs(context, { query, asOf }), note, label: { asIs: asOf } };
  }
  if (options.knownAt !== undefined) {
    const { answer, version } = await spendAsKnown(context, { query, at: parseKnownAt(options.knownAt) });
    const note = `By version ${version.number} of the rules, and memberships and links as known then; bills, measures, names and aliases are those of now.`;
    return { answer, note, label: { knownAt: options.knownAt, rulesVersion: version.number } };
  }
  return { answer: await context.store.querySpend(query), note: null, label: {} };
}

async function spend(session: Session, options: SpendOptions): Promise<void> {
  const context = await session.freshContext();
  const by = options.by
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  const where = options.where.map(parseFilter);
  const currency = options.currency ?? context.company.currency;
  const query = { by, range: rangeOf(options.from, options.to), where, currency };
  const { answer, note, label } = await askLedger(context, query, options);
  if (note !== null) session.note(note);
  for (const other of answer.otherCurrencies)
    session.note(
      `Not included, for want of a rate: ${formatNanos(other.total)} ${other.currency} (set one with fx set, or ask with --currency ${other.currency}).`,
    );
  const json = {
    currency: answer.currency,
    ...label,
    total: formatNanos(answer.total),
    rows: answer.rows.map((row) => rowJson(by, row)),
    ...convertedJson(answer),
    otherCurrencies: answer.otherCurrencies.map((other) => ({
      currency: other.currency,
      total: formatNanos(other.total),
    })),
  };
  const lines = answer.rows.map((row) => [...row.values, formatNanos(row.cost)]);
  session.answer(
    json,
    columns([
      [...by, currency],
      ...lines,
      [...by.map((_, i) => (i === 0 ? 'total' : '')), formatNanos(answer.total)],
    ]),
  );
}

/** What was converted at which rate; no field where nothing was. */
function convertedJson({ converted }: SpendAnswer): Readonly<Record<string, unknown>> {
  if (converted === undefined) return {};
  return {
    converted: converted.map(({ month, original, cost, rate }) => ({
      month,
      original: formatNanos(original),
      currency: rate.from,
      rate: rate.rate,
      source: rate.source,
      date: rate.date,
      cost: formatNanos(cost),
    })),
  };
}

function rowJson(by: readonly string[], row: SpendRow): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(by.map((key, i) => [key, row.values[i] ?? ''])),
    cost: formatNanos(row.cost),
  };
}
