import type { Command } from 'commander';
import { invalid } from '../core/base/errors.js';
import { formatNanos } from '../core/base/money.js';
import { addDays } from '../core/base/time.js';
import type { Lineage, Summed } from '../core/lineage/lineage.js';
import { billWords, howWords, ruleWords } from '../core/lineage/words.js';
import { explainNumber } from '../usecases/explain/explain-number.js';
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

/** A lineage as JSON: amounts and weights are decimal strings, `to` is the last day. */
function lineageJson({ figure, bills, ...sum }: Lineage): unknown {
  const { dimension, where, range, currency } = figure;
  const head = { currency, dimension, where, from: range.from, to: addDays(range.to, -1) };
  return { ...head, total: formatNanos(sum.cost), ...decimals({ ...sum, bills }) };
}

/** Any figures with their bigints, which are all in 1e-9 units, as decimal strings. */
function decimals(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inDecimals(each)]));
}

function inDecimals(item: unknown): unknown {
  if (typeof item === 'bigint') return formatNanos(item);
  if (Array.isArray(item)) return item.map(inDecimals);
  return typeof item === 'object' && item !== null ? decimals(item) : item;
}

/** A lineage as an indented text: each line adds up to the one it stands under. */
function lineageText(lineage: Lineage): string {
  const { currency } = lineage.figure;
  const lines = [`${amount(lineage)} ${currency}`];
  for (const bill of lineage.bills) {
    lines.push(`  ${amount(bill)}  ${billWords(bill)}`);
    for (const rule of bill.rules) {
      lines.push(`    ${amount(rule)}  ${ruleWords(rule)}`);
      if (rule.rule !== null) lines.push(`      ${rule.rule.sentence}`);
      for (const how of rule.hows) {
        const [first = '', ...rest] = howWords(how);
        lines.push(`      ${amount(how)}  ${first}`, ...rest.map((sentence) => `        ${sentence}`));
        for (const { day, cost, key, model, sku, confidence } of how.lines) {
          const about = [key, model, sku].filter((each) => each !== null).join(', ');
          lines.push(`        ${formatNanos(cost)}  ${day} ${about} (${confidence})`);
        }
        if (how.remainder !== null)
          lines.push(`        ${formatNanos(how.remainder.cost)}  in ${how.remainder.charges} more`);
      }
    }
  }
  return lines.join('\n');
}

function amount({ cost }: Summed): string {
  return formatNanos(cost);
}
