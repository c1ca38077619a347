import type { Command } from 'commander';
import { formatNanos } from '../core/base/money.js';
import { addMonths, dayIn, monthOf, parseMonth } from '../core/base/time.js';
import { parsePlans } from '../providers/files/plan-file.js';
import { setPlans } from '../usecases/budgets/set-plans.js';
import { columns, type FileOptionsGiven, readCsvFile, type Session, withFileOptions } from './session.js';

/** budgets import, budgets list. */
export function addBudgetCommands(program: Command, session: Session): void {
  const budgets = program.command('budgets').description('what teams plan to spend, by month');
  const command = budgets
    .command('import <file>')
    .description(
      'import owner,month,amount[,currency,dimension,phasing]; the same file again changes nothing',
    );
  withFileOptions(command).action((file: string, options: FileOptionsGiven) =>
    importFile(session, file, options),
  );
  budgets
    .command('list')
    .description('the budgets of a month, or of this month and the eleven after it')
    .option('--month <month>', 'only this month')
    .action((options: { month?: string }) => list(session, options.month));
}

async function importFile(session: Session, file: string, options: FileOptionsGiven): Promise<void> {
  const { rows, remarks } = parsePlans(await readCsvFile(file, options));
  for (const remark of remarks) session.note(remark);
  // Anyone who has the terminal has the database: the role is theirs.
  const result = await setPlans(await session.context(), { rows, by: { roles: ['finops'] } });
  session.answer(result, `${result.changed} of ${result.rows} budgets changed.`);
}

async function list(session: Session, named: string | undefined): Promise<void> {
  const { store, company, clock } = await session.context();
  const from = named === undefined ? monthOf(dayIn(company.timeZone, clock())) : parseMonth(named);
  const plans = await store.listPlans({ from, to: named === undefined ? addMonths(from, 11) : from });
  const rows = plans.map(({ dimension, owner, month, phasing, currency, amount }) => {
    return { dimension, owner, month, phasing, currency, amount: formatNanos(amount) };
  });
  const text = rows.map((row) => [
    row.month,
    row.dimension,
    row.owner,
    row.phasing,
    `${row.amount} ${row.currency}`,
  ]);
  session.answer(
    { budgets: rows },
    rows.length === 0
      ? 'No budget is set.'
      : columns([['month', 'dimension', 'owner', 'phasing', 'amount'], ...text]),
  );
}
