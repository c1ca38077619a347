import type { Command } from 'commander';
import { invalid } from '../core/base/errors.js';
import { explainNumber } from '../usecases/explain/explain-number.js';
import { lineageJson, lineageText } from './lineage-output.js';
import { collect, parseFilter, rangeOf } from './ranges.js';
import type { Session } from './session.js';

interface ExplainOptions {
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly where: readonly string[];
  readonly currency?: string;
  readonly lines: string;
}

/** explain: where a figure of `spend` comes from. */
export function addExplainCommand(program: Command, session: Session): void {
  program
    .command('explain')
    .description('where a figure comes from: bills, rules, owners, single charges')
    .option('--by <dimension>', 'the dimension whose rules explain it: team, product ...', 'team')
    .requiredOption('--from <day>', 'first day')
    .requiredOption('--to <day>', 'last day, inclusive')
    .option('--where <name=value>', 'filter; may be given more than once', collect, [])
    .option('--currency <code>', 'ISO 4217 (default: the company currency)')
    .option('--lines <number>', 'charges listed under each way; the others are added up', '20')
    .action((options: ExplainOptions) => explain(session, options));
}

async function explain(session: Session, options: ExplainOptions): Promise<void> {
  const mostLines = /^\d{1,7}$/.test(options.lines)
    ? Number(options.lines)
    : invalid(`--lines ${options.lines}: write a whole number.`);
  const range = rangeOf(options.from, options.to);
  const where = options.where.map(parseFilter);
  const context = await session.freshContext();
  const currency = options.currency ?? context.company.currency;
  const figure = { dimension: options.by, where, range, currency };
  const lineage = await explainNumber(context, { figure, mostLines });
  session.answer(lineageJson(lineage), lineageText(lineage));
}
