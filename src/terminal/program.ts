import { Command, CommanderError } from 'commander';
import { AppError, publicMessage } from '../core/base/errors.js';
import { addAuditCommands } from './audit-commands.js';
import { addBudgetCommands } from './budget-commands.js';
import { addChangeCommands } from './change-commands.js';
import { addDigestCommand } from './digest-command.js';
import { addDoctorCommand } from './doctor-command.js';
import { addExplainCommand } from './explain-command.js';
import { addExportCommands } from './export-commands.js';
import { addFigureCommands } from './figure-commands.js';
import { addFxCommands } from './fx-commands.js';
import { addIntakeCommands } from './intake-commands.js';
import { addInvoiceCommands } from './invoice-commands.js';
import { addMeasureCommands } from './measure-commands.js';
import { addMonthCommands } from './month-commands.js';
import { addPriceCommands } from './price-commands.js';
import { addRuleCommands } from './rule-commands.js';
import { addSeatCommands } from './seat-commands.js';
import { addSeriesCommands } from './series-commands.js';
import { createSession, type Terminal } from './session.js';
import { addSourceCommands } from './source-commands.js';

/** Runs one terminal command; answers its exit code: 0 done, 1 the request is wrong, 2 something outside failed. */
export async function runTerminal(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const program = new Command('apportion')
    .description('FinOps of AI spend: the same use cases as in Slack, from a terminal')
    .option('--db <file>', 'SQLite file (or APPORTION_DB)')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .configureOutput({ writeOut: terminal.out, writeErr: (text) => terminal.note(text.trimEnd()) })
    .showHelpAfterError('Try: apportion --help')
    .exitOverride();
  const session = createSession(program, terminal);
  addIntakeCommands(program, session);
  addMeasureCommands(program, session);
  addBudgetCommands(program, session);
  addFxCommands(program, session);
  addInvoiceCommands(program, session);
  addFigureCommands(program, session);
  addExportCommands(program, session);
  addExplainCommand(program, session);
  addChangeCommands(program, session);
  addSeriesCommands(program, session);
  addRuleCommands(program, session);
  addMonthCommands(program, session);
  addPriceCommands(program, session);
  addSeatCommands(program, session);
  addSourceCommands(program, session);
  addAuditCommands(program, session);
  addDigestCommand(program, session);
  addDoctorCommand(program, session);
  for (const command of allCommands(program))
    command.exitOverride().configureOutput(program.configureOutput());
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return exitCode(error, terminal);
  } finally {
    await session.close();
  }
}

function allCommands(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

function exitCode(error: unknown, terminal: Terminal): 0 | 1 | 2 {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  terminal.note(publicMessage(error));
  if (!(error instanceof AppError))
    terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return error instanceof AppError && error.code !== 'upstream' && error.code !== 'bug' ? 1 : 2;
}
