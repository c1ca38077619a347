import type { Command } from 'commander';
import { AppError, invalid } from '../core/base/errors.js';
import { formatNanos } from '../core/base/money.js';
import { parseMonth } from '../core/base/time.js';
import { type ColumnMapping, CSV_FIELDS, type CsvField } from '../core/invoices/csv.js';
import { totalsInWords } from '../core/invoices/rows.js';
import type { Context } from '../usecases/context.js';
import {
  type CsvRequest,
  examineCsv,
  importCsv,
  previewCsv,
} from '../usecases/invoices/import-invoice-csv.js';
import { listCredits } from '../usecases/invoices/prepaid-credits.js';
import { columns, type FileOptionsGiven, readCsvFile, type Session, withFileOptions } from './session.js';

interface ImportOptions extends FileOptionsGiven {
  readonly vendor: string;
  readonly number?: string;
  readonly period?: string;
  readonly currency?: string;
  readonly account?: string;
  readonly column: readonly string[];
  readonly dayFirst?: true;
  readonly recoverableTax?: true;
  readonly preview?: true;
}

/** invoices import | list, credits. */
export function addInvoiceCommands(program: Command, session: Session): void {
  const invoices = program.command('invoices').description('what vendors ask for');
  const command = invoices
    .command('import <file>')
    .description('import an invoice CSV of any vendor; the same file again changes nothing')
    .requiredOption('--vendor <name>', 'the source it bills')
    .option('--number <text>', 'invoice number, when no column holds it')
    .option('--period <month>', 'billing period, when the rows name no day')
    .option('--currency <code>', 'ISO 4217, when the file does not say (default: the company currency)')
    .option('--account <id>', 'billing account (default: that of the source’s charges)')
    .option(
      '--column <field=name>',
      'what a column means, for example amount=Net; may be given more than once',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [],
    )
    .option('--day-first', 'days are written 31/10/2026')
    .option('--recoverable-tax', 'the company gets the tax of this file back')
    .option('--preview', 'show what would be imported, and keep nothing');
  withFileOptions(command).action((file: string, options: ImportOptions) =>
    importFile(session, file, options),
  );
  invoices
    .command('list')
    .description('every invoice, latest version')
    .option('--period <month>', 'billing period')
    .action((options: { period?: string }) => list(session, options.period));
  program
    .command('credits')
    .description('prepaid value at each vendor: bought, drawn, expired, left')
    .action(() => credits(session));
}

async function importFile(session: Session, file: string, options: ImportOptions): Promise<void> {
  const context = await session.context();
  const request = {
    text: (await readCsvFile(file, options)).text,
    vendor: options.vendor,
    mapping: null,
    invoiceId: options.number ?? null,
    period: options.period === undefined ? null : parseMonth(options.period),
    currency: options.currency ?? null,
    billingAccountId: options.account ?? null,
  };
  try {
    const named = { ...request, mapping: await mappingOf(context, request, options) };
    const result =
      options.preview === true
        ? { ...(await previewCsv(context, named)), changed: 0, staleMonths: [] }
        : await importCsv(context, named);
    for (const remark of result.remarks) session.note(remark);
    const json = {
      invoices: result.invoices.map(({ source, invoiceId, billingPeriod, currency, payable, lines }) => {
        return {
          source,
          invoiceId,
          billingPeriod,
          currency,
          payable: formatNanos(payable),
          lines: lines.length,
        };
      }),
      changed: result.changed,
      staleMonths: result.staleMonths,
    };
    const did = options.preview === true ? 'would be imported' : `read, ${result.changed} changed`;
    session.answer(json, `${result.invoices.length} invoices over ${totalsInWords(result)} ${did}.`);
  } catch (error) {
    throw inFile(error, file);
  }
}

/** The named columns over those that are remembered or guessed. @throws AppError `invalid`. */
async function mappingOf(
  context: Context,
  request: CsvRequest,
  options: ImportOptions,
): Promise<ColumnMapping> {
  const { mapping } = await examineCsv(context, request);
  const given: Partial<Record<CsvField, string>> = {};
  for (const text of options.column) {
    const [name = '', ...rest] = text.split('=');
    const field = CSV_FIELDS.find((each) => each === name);
    if (field === undefined || rest.length === 0)
      return invalid(`--column ${text}: write FIELD=COLUMN; the fields are ${CSV_FIELDS.join(', ')}.`);
    given[field] = rest.join('=');
  }
  // A column that is named for one field is no longer guessed for another.
  const free = Object.entries(mapping.columns).filter(([, column]) => !Object.values(given).includes(column));
  const decimal = options.decimal ?? mapping.decimal;
  return {
    columns: { ...Object.fromEntries(free), ...given },
    ...(decimal !== undefined && { decimal }),
    dayOrder: options.dayFirst === true ? 'day-first' : mapping.dayOrder,
    isTaxRecoverable: options.recoverableTax ?? mapping.isTaxRecoverable,
  };
}

/** A refusal that names the file too. */
function inFile(error: unknown, file: string): unknown {
  return error instanceof AppError && error.code === 'invalid'
    ? new AppError('invalid', `${file}: ${error.message}`, { cause: error })
    : error;
}

async function list(session: Session, period: string | undefined): Promise<void> {
  const month = period === undefined ? null : parseMonth(period);
  const invoices = await (await session.context()).store.listInvoices(month);
  const json = invoices.map(({ lines, payable, accepted, ...invoice }) => ({
    ...invoice,
    payable: formatNanos(payable),
    accepted: accepted === null ? null : { ...accepted, amount: formatNanos(accepted.amount) },
    lines: lines.map((line) => ({ ...line, amount: formatNanos(line.amount) })),
  }));
  const rows = invoices.map(({ source, invoiceId, billingPeriod, version, currency, payable }) => {
    return [source, invoiceId, billingPeriod, `v${version}`, currency, formatNanos(payable)];
  });
  session.answer({ invoices: json }, rows.length === 0 ? 'No invoice is known.' : columns(rows));
}

async function credits(session: Session): Promise<void> {
  const accounts = await listCredits(await session.context());
  const json = accounts.map(({ source, currency, balance, uncovered, grants }) => ({
    source,
    currency,
    balance: formatNanos(balance),
    uncovered: formatNanos(uncovered),
    grants: grants.map(({ invoice, boughtOn, expiresOn, bought, drawn, expired, left }) => ({
      invoiceId: invoice.invoiceId,
      boughtOn,
      expiresOn,
      bought: formatNanos(bought),
      drawn: formatNanos(drawn),
      expired: formatNanos(expired),
      left: formatNanos(left),
    })),
  }));
  const rows = accounts.map(({ source, currency, balance }) => [source, currency, formatNanos(balance)]);
  session.answer({ credits: json }, rows.length === 0 ? 'No prepaid value is known.' : columns(rows));
}
