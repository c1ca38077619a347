import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { AppError, invalid } from '../core/base/errors.js';
import { parsePeople } from '../hr/csv.js';
import { createFocusFileProvider } from '../providers/vendors/focus-file/index.js';
import { importPeople } from '../usecases/people/import-people.js';
import { currentProviders } from '../usecases/sources/current-providers.js';
import { type IngestReport, ingest, ingestSource } from '../usecases/sources/ingest.js';
import { rangeOf } from './ranges.js';
import { type FileOptionsGiven, readCsvFile, type Session, withFileOptions } from './session.js';

const REPLACE = 'let an older or smaller file take the place of what the ledger has of the same days';

/** A person at a terminal waits while somebody else pulls the source; the timetable does not. */
const WAIT_MS = 600_000;

type FocusOptions = FileOptionsGiven & { readonly source?: string; readonly replace?: true };
interface PullOptions {
  readonly source?: string;
  readonly from?: string;
  readonly to?: string;
  readonly replace?: true;
}
type HrOptions = FileOptionsGiven & { readonly teams?: string };

/** import focus, people import, ingest: facts on their way in. */
export function addIntakeCommands(program: Command, session: Session): void {
  const focus = program
    .command('import')
    .description('import a bill from a file')
    .command('focus <files...>')
    .description(
      'import a FOCUS 1.0-1.4 CSV or .csv.gz, or the parts of one export (files, a folder) together; the same again changes nothing',
    )
    .option(
      '--source <name>',
      'name of the source (default: the one that holds the bill already, else the file name)',
    );
  focus.option('--replace', REPLACE);
  withFileOptions(focus).action((files: readonly string[], options: FocusOptions) =>
    importFocus(session, files, options),
  );
  const people = program
    .command('people')
    .description('the HR side of the directory')
    .command('import <file>')
    .description('import the HR file, and teams.csv beside it')
    .option('--teams <file>', 'teams file: team,parent,owner_email,channel');
  withFileOptions(people).action((file: string, options: HrOptions) => importHr(session, file, options));
  program
    .command('ingest')
    .description('pull from the configured vendors')
    .option('--source <name>', 'only this source')
    .option('--replace', REPLACE)
    .option('--from <day>', 'first day')
    .option('--to <day>', 'last day, inclusive')
    .action((options: PullOptions) => pull(session, options));
}

async function importFocus(
  session: Session,
  files: readonly string[],
  { source: name, replace, encoding, decimal }: FocusOptions,
): Promise<void> {
  const context = await session.context();
  const { clock } = context;
  const settings = { path: files, clock, options: { encoding, decimal }, mayReplace: replace === true };
  const importAs = (source: string) =>
    ingestSource(context, createFocusFileProvider({ ...settings, source }), null, WAIT_MS);
  const report = await importAs(name ?? basename(files[0] ?? '').replace(/\.csv(\.gz)?$/i, ''));
  const { sameBillAs } = report;
  if (name !== undefined || sameBillAs === undefined) return answerIngest(session, [report]);
  session.note(`The ledger has this bill already, as source ${sameBillAs}: the file takes its place.`);
  answerIngest(session, [await importAs(sameBillAs)]);
}

async function importHr(
  session: Session,
  file: string,
  { teams: teamsFile, ...options }: HrOptions,
): Promise<void> {
  const people = await readCsvFile(file, options);
  const beside = join(dirname(file), 'teams.csv');
  const hasTeams = teamsFile !== undefined || existsSync(beside);
  const teams = hasTeams ? await readCsvFile(teamsFile ?? beside, options) : null;
  const snapshot = parsePeople(people, teams);
  for (const remark of snapshot.remarks) session.note(remark);
  const result = await importPeople(await session.context(), snapshot);
  const months =
    result.staleMonths.length === 0 ? '' : `; ${result.staleMonths.join(', ')} will be re-allocated`;
  session.answer(result, `${result.changedPeople} people and ${result.changedTeams} teams changed${months}.`);
}

async function pull(session: Session, options: PullOptions): Promise<void> {
  const context = await session.context();
  if ((await currentProviders(context)).length === 0)
    invalid(
      'No source is configured: add one under "sources" in apportion.yml, or with: apportion sources add.',
    );
  const window =
    options.from === undefined && options.to === undefined ? null : rangeOf(options.from, options.to);
  answerIngest(
    session,
    await ingest(context, {
      source: options.source ?? null,
      window,
      waitMs: WAIT_MS,
      mayReplace: options.replace === true,
    }),
  );
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
