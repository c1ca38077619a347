import type { Command } from 'commander';
import { invalid } from '../core/base/errors.js';
import { formatNanos } from '../core/base/money.js';
import { type Day, parseDay } from '../core/base/time.js';
import type { Price } from '../core/prices/price.js';
import { readBundledPrices } from '../providers/prices/genai.js';
import { parseOverrides } from '../providers/prices/overrides.js';
import { currentPrices, importPrices } from '../usecases/prices/import-prices.js';
import { acceptPull } from '../usecases/sources/accept-pull.js';
import { columns, type FileOptionsGiven, readCsvFile, type Session, withFileOptions } from './session.js';

type ImportOptions = FileOptionsGiven & { readonly bundled?: true };

/** prices import, prices show, accept-pull: what tokens cost, and whether a bill is likely to be right. */
export function addPriceCommands(program: Command, session: Session): void {
  const prices = program.command('prices').description('what tokens cost, by day');
  const command = prices
    .command('import [file]')
    .description('import overrides (provider,model,token_type,usd_per_million,from,to ...), or --bundled')
    .option('--bundled', 'the list that comes with the installation');
  withFileOptions(command).action((file: string | undefined, options: ImportOptions) =>
    importList(session, file, options),
  );
  prices
    .command('show <model>')
    .description('prices of a model, however it is spelled; --on a day: those that hold on it')
    .option('--on <day>', 'only this day')
    .action((model: string, options: { on?: string }) => show(session, model, options.on));
  program
    .command('accept-pull <source>')
    .alias('accept-first-sync')
    .description('let the next pull of a source through although it was held back')
    .action(async (source: string) => {
      const { sentence, acceptedAtMs, acceptedBy } = await acceptPull(await session.context(), {
        source,
      });
      session.answer({ source, acceptedAtMs, acceptedBy }, sentence);
    });
}

async function importList(
  session: Session,
  file: string | undefined,
  { bundled, ...options }: ImportOptions,
): Promise<void> {
  if ((file === undefined) === (bundled === undefined))
    return invalid('Name a file with overrides, or --bundled for the list that comes with the installation.');
  const list = file === undefined ? readBundledPrices() : parseOverrides(await readCsvFile(file, options));
  for (const remark of list.remarks) session.note(remark);
  const result = await importPrices(await session.context(), list);
  const what = result.unchanged ? 'nothing changed' : `${result.added} of ${result.offered} prices are new`;
  session.answer(result, `${result.source}: ${what}.`);
}

async function show(session: Session, model: string, on: string | undefined): Promise<void> {
  const day = on === undefined ? null : parseDay(on);
  const table = await currentPrices(await session.context());
  const found = table.list(model).filter((price) => day === null || holdsOn(price, day));
  if (found.length === 0) {
    const when = day === null ? '' : ` on ${day}`;
    return invalid(`No price is known of "${model}"${when}; prices import FILE adds one of your own.`);
  }
  session.answer({ model, on: day, prices: found.map(toJson) }, columns([HEADER, ...found.map(toRow)]));
}

function holdsOn({ validFrom, validTo }: Price, day: Day): boolean {
  return validFrom <= day && (validTo === null || day < validTo);
}

const HEADER = [
  'provider',
  'model',
  'token type',
  'above',
  'service',
  'from',
  'to',
  'source',
  'USD a million',
];

function toRow(price: Price): readonly string[] {
  return [
    price.provider,
    price.model,
    price.tokenType,
    String(price.contextTier),
    [price.serviceTier, price.geo, price.speed].join(' '),
    price.validFrom,
    price.validTo ?? '',
    price.source,
    formatNanos(price.nanosPerMillion),
  ];
}

function toJson({ nanosPerMillion, ...price }: Price) {
  return { ...price, usdPerMillion: formatNanos(nanosPerMillion) };
}
