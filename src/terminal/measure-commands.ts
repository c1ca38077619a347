import type { Command } from 'commander';
import { parseMeasures } from '../providers/files/measures-file.js';
import { importMeasures } from '../usecases/gateways/import-measures.js';
import { readTextFile, type Session } from './session.js';

/** measures import. */
export function addMeasureCommands(program: Command, session: Session): void {
  program
    .command('measures')
    .description('figures that money is split by')
    .command('import <file>')
    .description('import date,measure,label,amount; the same file again changes nothing')
    .action((file: string) => importFile(session, file));
}

async function importFile(session: Session, file: string): Promise<void> {
  const { rows, remarks } = parseMeasures({ name: file, text: await readTextFile(file) });
  for (const remark of remarks) session.note(remark);
  const result = await importMeasures(await session.context(), rows);
  const months =
    result.staleMonths.length === 0 ? '' : `; ${result.staleMonths.join(', ')} will be re-allocated`;
  session.answer(result, `${result.changed} of ${result.rows} figures changed${months}.`);
}
