import type { Command } from 'commander';
import { formatNanos, type Nanos } from '../core/base/money.js';
import { firstDay, parseDay, parseMonth, utcDay } from '../core/base/time.js';
import { parseFxRates } from '../providers/files/fx-file.js';
import { fixRates, fxEffect, overrideRate } from '../usecases/invoices/fix-rates.js';
import { columns, type FileOptionsGiven, readCsvFile, type Session, withFileOptions } from './session.js';

interface RateOptions {
  readonly source: string;
  readonly date?: string;
}

/** fx set | override | import | list | effect. */
export function addFxCommands(program: Command, session: Session): void {
  const fx = program.command('fx').description('exchange rates: one per pair and month, for good');
  fx.command('set <month> <from> <to> <rate>')
    .description('fix the rate of a month: fx set 2026-10 EUR USD 1.0832 --source ECB')
    .requiredOption('--source <name>', 'where the rate is from')
    .option('--date <day>', 'day of the rate (default: first day of the month)')
    // commander hands the arguments over one by one, then the options.
    .action((...given: [string, string, string, string, RateOptions]) => {
      const [month, from, to, rate, options] = given;
      return set(session, { month, from, to, rate }, options);
    });
  fx.command('override <from> <to> <rate>')
    .description('fix a rate for a run of months: it goes before the months’ own')
    .requiredOption('--from-month <month>', 'first month')
    .option('--to-month <month>', 'first month in which it is no longer valid')
    .requiredOption('--source <name>', 'where the rate is from')
    .option('--date <day>', 'day of the agreement (default: today)')
    .action((from: string, to: string, rate: string, options: OverrideOptions) =>
      override(session, { from, to, rate }, options),
    );
  withFileOptions(
    fx
      .command('import <file>')
      .description('import month,from,to,rate,source,date; the same file again changes nothing'),
  ).action((file: string, options: FileOptionsGiven) => importFile(session, file, options));
  fx.command('list')
    .description('all rates and overrides')
    .action(() => list(session));
  fx.command('effect <month>')
    .description('what the change of the rates since the month before has made dearer or cheaper')
    .action((month: string) => effect(session, month));
}

async function set(
  session: Session,
  given: { month: string; from: string; to: string; rate: string },
  options: RateOptions,
): Promise<void> {
  const month = parseMonth(given.month);
  const date = options.date === undefined ? firstDay(month) : parseDay(options.date);
  const rate = { ...given, month, source: options.source, date };
  const { added } = await fixRates(await session.context(), [rate]);
  session.answer(
    { ...rate, added },
    added === 0
      ? `${month} has this rate already.`
      : `1 ${given.from} is ${given.rate} ${given.to} in ${month}, for good.`,
  );
}

interface OverrideOptions extends RateOptions {
  readonly fromMonth: string;
  readonly toMonth?: string;
}

async function override(
  session: Session,
  given: { from: string; to: string; rate: string },
  options: OverrideOptions,
): Promise<void> {
  const context = await session.context();
  const rate = {
    ...given,
    fromMonth: parseMonth(options.fromMonth),
    toMonth: options.toMonth === undefined ? null : parseMonth(options.toMonth),
    source: options.source,
    date: options.date === undefined ? utcDay(context.clock()) : parseDay(options.date),
  };
  await overrideRate(context, rate);
  const until = rate.toMonth === null ? 'on' : `until before ${rate.toMonth}`;
  session.answer(rate, `1 ${given.from} is ${given.rate} ${given.to} from ${rate.fromMonth} ${until}.`);
}

async function importFile(session: Session, file: string, options: FileOptionsGiven): Promise<void> {
  const { rates, remarks } = parseFxRates(await readCsvFile(file, options));
  for (const remark of remarks) session.note(remark);
  const result = await fixRates(await session.context(), rates);
  session.answer(result, `${result.added} of ${result.rates} rates are new.`);
}

async function list(session: Session): Promise<void> {
  const known = await (await session.context()).store.listFxRates();
  const lines = [
    ...known.rates.map(({ month, from, to, rate, source, date }) => [month, from, to, source, date, rate]),
    ...known.overrides.map(({ fromMonth, toMonth, from, to, rate, source, date }) => {
      return [`${fromMonth} to ${toMonth ?? 'open'} (override)`, from, to, source, date, rate];
    }),
  ];
  session.answer(known, lines.length === 0 ? 'No rate is known.' : columns(lines));
}

function text(nanos: Nanos | null): string | null {
  return nanos === null ? null : formatNanos(nanos);
}

async function effect(session: Session, given: string): Promise<void> {
  const month = parseMonth(given);
  const context = await session.context();
  const effects = await fxEffect(context, { month });
  const json = effects.map(({ amount, cost, atPreviousRate, effect: by, rate, previousRate, from }) => ({
    from,
    amount: formatNanos(amount),
    rate: rate?.rate ?? null,
    previousRate: previousRate?.rate ?? null,
    cost: text(cost),
    atPreviousRate: text(atPreviousRate),
    effect: text(by),
  }));
  const lines = json.map((row) => [
    `${row.amount} ${row.from}`,
    row.cost === null ? `no rate in ${month}` : `${row.cost} ${context.company.currency} at ${row.rate}`,
    row.effect === null ? 'no rate the month before' : `FX effect ${row.effect}`,
  ]);
  session.answer(
    { month, currency: context.company.currency, effects: json },
    lines.length === 0 ? `${month} holds no other currency.` : columns(lines),
  );
}
