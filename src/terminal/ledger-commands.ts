import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { AppError, invalid } from '../core/errors.js';
import { formatNanos } from '../core/money.js';
import type { SpendFilter, SpendRow } from '../core/spend.js';
import { addDays, type DayRange, parseDay, parseMonth } from '../core/time.js';
import { parsePeople } from '../hr/csv.js';
import { createFocusFileProvider } from '../providers/focus-file/index.js';
import { importPeople } from '../usecases/import-people.js';
import { type IngestReport, ingest, ingestSource } from '../usecases/ingest.js';
import { reallocate } from '../usecases/reallocate.js';
import { reconcile } from '../usecases/reconcile.js';
import { columns, readTextFile, type Session } from './session.js';

/** import, people, ingest, reallocate, spend, reconcile. */
export function addLedgerCommands(program: Command, session: Session): void {
  program
    .command('import')
    .command('focus <file>')
    .description('import a FOCUS 1.0-1.4 CSV or .csv.gz; the same file again changes nothing')
    .option('--source <name>', 'name of the source (default: the file name)')
    .action((file: string, options: { source?: string }) => importFocus(session, file, options.source));
  program
    .command('people')
    .command('import <file>')
    .description('import the HR file (and teams.csv beside it, or --teams)')
    .option('--teams <file>', 'teams file: team,parent,owner_email,channel')
    .action((file: string, options: { teams?: string }) => importHr(session, file, options.teams));
  program
    .command('ingest')
    .description('pull from the configured vendors')
    .option('--source <name>')
    .option('--from <day>')
    .option('--to <day>', 'last day, inclusive')
    .action((options: { source?: string; from?: string; to?: string }) => pull(session, options));
  program
    .command('reallocate')
    .description('drain the stale months')
    .action(async () => {
      const proofs = await reallocate(await session.context());
      const months = [...new Set(proofs.map((proof) => proof.month))];
      const json = {
        months,
        proofs: proofs.map(({ month, dimension, groups }) => ({ month, dimension, groups, conserved: true })),
      };
      session.answer(
        json,
        months.length === 0
          ? 'No month is stale.'
          : `Re-allocated ${months.join(', ')}; every invoice, day and currency conserves its total.`,
      );
    });
  program
    .command('spend')
    .description('effective cost, grouped')
    .requiredOption(
      '--by <keys>',
      'day, month, team, product, provider, service, model, key, person ... comma-separated',
    )
    .requiredOption('--from <day>')
    .requiredOption('--to <day>', 'last day, inclusive')
    .option('--where <name=value...>', 'filter; may be given more than once', collect, [])
    .option('--currency <code>', 'ISO 4217 (default: the company currency)')
    .action((options: SpendOptions) => spend(session, options));
  program
    .command('reconcile')
    .description('invoices against ledger and allocations, with the conservation proof')
    .requiredOption('--period <month>', 'billing period, 2026-10')
    .action(async (options: { period: string }) => {
      const report = await reconcile(await session.freshContext(), { period: parseMonth(options.period) });
      session.answer(report, JSON.stringify(report, null, 2));
    });
}

interface SpendOptions {
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly where: readonly string[];
  readonly currency?: string;
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

async function importFocus(session: Session, file: string, name: string | undefined): Promise<void> {
  const source = name ?? basename(file).replace(/\.csv(\.gz)?$/i, '');
  const context = await session.context();
  const report = await ingestSource(
    context,
    createFocusFileProvider({ source, path: file, clock: context.clock }),
    null,
  );
  answerIngest(session, [report]);
}

async function importHr(session: Session, file: string, teamsFile: string | undefined): Promise<void> {
  const people = { name: file, text: await readTextFile(file) };
  const beside = join(dirname(file), 'teams.csv');
  const teamsText = await readTextFile(teamsFile ?? beside).catch((error: unknown) =>
    teamsFile === undefined ? null : Promise.reject(error),
  );
  const snapshot = parsePeople(
    people,
    teamsText === null ? null : { name: teamsFile ?? beside, text: teamsText },
  );
  for (const remark of snapshot.remarks) session.note(remark);
  const result = await importPeople(await session.context(), snapshot);
  const months =
    result.staleMonths.length === 0 ? '' : `; ${result.staleMonths.join(', ')} will be re-allocated`;
  session.answer(result, `${result.changedPeople} people and ${result.changedTeams} teams changed${months}.`);
}

async function pull(
  session: Session,
  options: { source?: string; from?: string; to?: string },
): Promise<void> {
  const context = await session.context();
  if (context.providers.length === 0)
    invalid('No source is configured: add one under "sources" in apportion.yml.');
  const window =
    options.from === undefined && options.to === undefined ? null : rangeOf(options.from, options.to);
  answerIngest(session, await ingest(context, { source: options.source ?? null, window }));
}

function answerIngest(session: Session, reports: readonly IngestReport[]): void {
  for (const remark of reports.flatMap((report) => report.remarks)) session.note(remark);
  const failed = reports.filter((report) => !report.ok);
  const good = reports.filter((report) => report.ok);
  session.answer(
    reports.length === 1 ? reports[0] : { sources: reports },
    good.map((report) => report.sentence).join('\n'),
  );
  if (failed.length > 0)
    throw new AppError(
      failed.every((report) => report.fault === 'input') ? 'invalid' : 'upstream',
      failed.map((report) => report.sentence).join('\n'),
    );
}

function rangeOf(from: string | undefined, to: string | undefined): DayRange {
  if (from === undefined || to === undefined) return invalid('Give both --from and --to, or neither.');
  const range = { from: parseDay(from), to: addDays(parseDay(to), 1) };
  return range.from < range.to ? range : invalid(`--from ${from} is after --to ${to}.`);
}

async function spend(session: Session, options: SpendOptions): Promise<void> {
  const context = await session.freshContext();
  const by = options.by
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  const where = options.where.map(parseFilter);
  const currency = options.currency ?? context.company.currency;
  const answer = await context.store.querySpend({
    by,
    range: rangeOf(options.from, options.to),
    where,
    currency,
  });
  for (const other of answer.otherCurrencies)
    session.note(
      `Not included: ${formatNanos(other.total)} ${other.currency} (ask with --currency ${other.currency}).`,
    );
  const json = {
    currency: answer.currency,
    total: formatNanos(answer.total),
    rows: answer.rows.map((row) => rowJson(by, row)),
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

function rowJson(by: readonly string[], row: SpendRow): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(by.map((key, i) => [key, row.values[i] ?? ''])),
    cost: formatNanos(row.cost),
  };
}

function parseFilter(text: string): SpendFilter {
  const at = text.indexOf('=');
  return at > 0
    ? { key: text.slice(0, at), values: [text.slice(at + 1)] }
    : invalid(`--where ${text}: write it as NAME=VALUE, for example team=Search.`);
}
