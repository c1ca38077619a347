import type { Command } from 'commander';
import { parseMeasures } from '../providers/files/measures-file.js';
import { importMeasures } from '../usecases/gateways/import-measures.js';
import { type FileOptionsGiven, readCsvFile, type Session, withFileOptions } from './session.js';

/** measures import. */
export function addMeasureCommands(program: Command, session: Session): void {
  const command = program
    .command('measures')
    .description('figures that money is split by')
    .command('import <file>')
    .description('import date,measure,label,amount; the same file again changes nothing');
  withFileOptions(command).action((file: string, options: FileOptionsGiven) =>
    importFile(session, file, options),
  );
}

async function importFile(session: Session, file: string, options: FileOptionsGiven): Promise<void> {
  const { rows, remarks } = parseMeasures(await readCsvFile(file, options));
  for (const remark of remarks) session.note(remark);
  const result = await importMeasures(await session.context(), rows);
  const months =
    result.staleMonths.length === 0 ? '' : `; ${result.staleMonths.join(', ')} will be re-allocated`;
  session.answer(result, `${result.changed} of ${result.rows} figures changed${months}.`);
}
