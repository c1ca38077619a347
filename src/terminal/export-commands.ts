import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { csvLine } from '../core/base/csv-write.js';
import { AppError, invalid } from '../core/base/errors.js';
import { formatNanos } from '../core/base/money.js';
import { monthRange, parseMonth } from '../core/base/time.js';
import { journalCells, journalOf } from '../core/invoices/journal.js';
import { FOCUS_VERSIONS } from '../core/ledger/focus-export.js';
import { exportFocus } from '../usecases/spend/export-focus.js';
import { type CurrencySpend, spendByCurrency } from '../usecases/spend/spend-by-currency.js';
import { rangeOf } from './ranges.js';
import type { Session } from './session.js';

interface RangeOptions {
  readonly from: string;
  readonly to: string;
  readonly out: string;
}

const ALLOCATION_KEYS = 'day,team,product,cost-centre,treatment,provider,service,model,key,person';

/** export focus | allocations | journal: the ledger as files. */
export function addExportCommands(program: Command, session: Session): void {
  const command = program.command('export').description('the ledger as files for other systems');
  ranged(command, 'focus', 'all charges as FOCUS')
    .option('--focus <version>', FOCUS_VERSIONS.join(' | '), '1.3')
    .action((options: RangeOptions & { focus: string }) => focus(session, options));
  ranged(command, 'allocations', 'effective cost by owner, adding up to the total')
    .option('--by <keys>', 'columns: built-in keys and dimensions, with commas', ALLOCATION_KEYS)
    .action((options: RangeOptions & { by: string }) => allocations(session, options));
  command
    .command('journal')
    .description('debits by cost centre and treatment, one credit to clearing')
    .requiredOption('--period <month>', 'month, 2026-10')
    .option('--clearing <account>', 'the account that is credited', 'AI clearing')
    .requiredOption('--out <file>', 'file to write')
    .action((options: { period: string; clearing: string; out: string }) => journal(session, options));
}

function ranged(command: Command, name: string, what: string): Command {
  return command
    .command(name)
    .description(what)
    .requiredOption('--from <day>', 'first day')
    .requiredOption('--to <day>', 'last day, inclusive')
    .requiredOption('--out <file>', 'file to write');
}

async function focus(session: Session, options: RangeOptions & { focus: string }): Promise<void> {
  const version =
    FOCUS_VERSIONS.find((each) => each === options.focus) ??
    invalid(`--focus ${options.focus}: Apportion writes ${FOCUS_VERSIONS.join(', ')}.`);
  const range = rangeOf(options.from, options.to);
  const lines = exportFocus(await session.context(), { range, version });
  let charges = 0;
  await writeFile(options.out, async function* () {
    for (;;) {
      const next = await lines.next();
      if (next.done === true) {
        ({ charges } = next.value);
        return;
      }
      yield next.value;
    }
  });
  session.answer(
    { file: options.out, focus: version, charges },
    `${options.out}: ${charges} charges as FOCUS ${version}.`,
  );
}

async function allocations(session: Session, options: RangeOptions & { by: string }): Promise<void> {
  const by = options.by.split(',').map((key) => key.trim());
  const context = await session.freshContext();
  const range = rangeOf(options.from, options.to);
  const spend = await spendByCurrency(context, { by, range });
  await writeFile(options.out, async function* () {
    yield csvLine([...by, 'cost', 'currency']);
    for (const { currency, rows } of spend)
      for (const { values, cost } of rows) yield csvLine([...values, formatNanos(cost), currency]);
  });
  const rows = spend.reduce((sum, each) => sum + each.rows.length, 0);
  session.answer(
    { file: options.out, rows, ...figuresOf(spend) },
    `${options.out}: ${rows} rows, ${inWords(spend)}.${withoutRate(spend)}`,
  );
}

/** The company's own total, and beside it that of each currency without an exchange rate. */
function figuresOf(spend: readonly CurrencySpend[]) {
  const figures = spend.map(({ total, currency }) => ({ total: formatNanos(total), currency }));
  return { ...figures[0], otherCurrencies: figures.slice(1) };
}

function inWords(spend: readonly CurrencySpend[]): string {
  return spend.map(({ total, currency }) => `${formatNanos(total)} ${currency}`).join(' and ');
}

function withoutRate([own, ...others]: readonly CurrencySpend[]): string {
  if (others.length === 0) return '';
  const names = others.map(({ currency }) => currency).join(', ');
  return ` Some of ${names} has no exchange rate to ${own?.currency} and stands in lines of its own; "fx set" gives one.`;
}

async function journal(
  session: Session,
  { period, clearing, out }: { period: string; clearing: string; out: string },
): Promise<void> {
  const month = parseMonth(period);
  const context = await session.freshContext();
  const spend = await spendByCurrency(context, {
    by: ['cost-centre', 'treatment'],
    range: monthRange(month),
  });
  const lines = spend.flatMap(({ currency, rows }) =>
    journalOf(month, rows, { clearing }).map((line) => [...journalCells(line), currency]),
  );
  await writeFile(out, async function* () {
    yield csvLine(['date', 'account', 'cost_centre', 'debit', 'credit', 'description', 'currency']);
    for (const line of lines) yield csvLine(line);
  });
  session.answer(
    { file: out, lines: lines.length, ...figuresOf(spend) },
    `${out}: ${lines.length} lines, ${inWords(spend)} cleared.${withoutRate(spend)}`,
  );
}

/** Writes beside the file and moves it there when whole: a file that is there is a complete one. */
async function writeFile(path: string, lines: () => AsyncGenerator<string>): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    await pipeline(Readable.from(lines()), createWriteStream(unfinished));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (error instanceof AppError) throw error;
    throw new AppError('invalid', `${path} cannot be written.`, { cause: error });
  }
}
