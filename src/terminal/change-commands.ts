import type { Command } from 'commander';
import { formatNanos, withThousands } from '../core/base/money.js';
import { addDays, type DayRange, daysBetween } from '../core/base/time.js';
import { CAUSE_WORDS, printedParts } from '../core/explain/change.js';
import type { WorkMix } from '../core/explain/work-mix.js';
import { type ExplainedChange, explainSpendChange } from '../usecases/explain/explain-change.js';
import { showWorkMix } from '../usecases/spend/show-work-mix.js';
import { collect, parseFilter, rangeOf } from './ranges.js';
import { columns, type Session } from './session.js';

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly where: readonly string[];
  readonly currency?: string;
}

/** explain-change, mix: why spend changed, and what the same work costs. */
export function addChangeCommands(program: Command, session: Session): void {
  program
    .command('explain-change')
    .description('why spend changed: new and lost keys, volume, mix of models and tokens, price')
    .requiredOption('--from <day>', 'first day of the later period')
    .requiredOption('--to <day>', 'its last day, inclusive')
    .option('--before-from <day>', 'first day of the earlier period (default: as many days just before)')
    .option('--before-to <day>', 'its last day, inclusive')
    .option('--where <name=value>', 'filter, such as team=Search; may be given more than once', collect, [])
    .option('--currency <code>', 'ISO 4217 (default: the company currency)')
    .action((options: ChangeOptions) => change(session, options));
  program
    .command('mix')
    .description('what the same work costs: price per million tokens, cached, batch, models, by month')
    .option('--by <what>', 'team, key, product ...', 'team')
    .requiredOption('--from <day>', 'first day')
    .requiredOption('--to <day>', 'last day, inclusive')
    .option('--where <name=value>', 'filter; may be given more than once', collect, [])
    .option('--currency <code>', 'ISO 4217 (default: the company currency)')
    .action((options: Asked & { by: string }) => mix(session, options));
}

interface ChangeOptions extends Asked {
  readonly beforeFrom?: string;
  readonly beforeTo?: string;
}

async function change(session: Session, options: ChangeOptions): Promise<void> {
  const after = rangeOf(options.from, options.to);
  const isGiven = options.beforeFrom !== undefined || options.beforeTo !== undefined;
  const before = isGiven ? rangeOf(options.beforeFrom, options.beforeTo) : justBefore(after);
  const where = options.where.map(parseFilter);
  const context = await session.freshContext();
  const currency = options.currency ?? context.company.currency;
  const explained = await explainSpendChange(context, { where, before, after, currency });
  session.answer(changeJson(explained), changeText(explained));
}

function justBefore({ from, to }: DayRange): DayRange {
  return { from: addDays(from, -daysBetween(from, to)), to: from };
}

function inclusive({ from, to }: DayRange): { readonly from: string; readonly to: string } {
  return { from, to: addDays(to, -1) };
}

function changeJson(explained: ExplainedChange): unknown {
  const { question, currency, knownThen, parts } = explained;
  return {
    currency,
    before: { ...inclusive(question.before), cost: formatNanos(explained.before), rulesVersion: knownThen },
    after: { ...inclusive(question.after), cost: formatNanos(explained.after) },
    delta: formatNanos(explained.delta),
    parts: parts.map(({ cause, amount, details }) => ({
      cause,
      amount: formatNanos(amount),
      details: details.map((detail) => ({ label: detail.label, amount: formatNanos(detail.amount) })),
    })),
  };
}

const CENT = 10_000_000n;
const MOST_DETAILS = 3;

function changeText(explained: ExplainedChange): string {
  const { currency, parts, question } = explained;
  const printed = new Map(printedParts(explained, CENT).map(({ cause, amount }) => [cause, amount]));
  const told = parts.filter(({ amount }) => amount !== 0n);
  const lines = told.map(({ cause, details }) => {
    const names = details.slice(0, MOST_DETAILS).map(({ label }) => label);
    const more = details.length > names.length ? `, and ${details.length - names.length} more` : '';
    return [CAUSE_WORDS[cause], `${names.join('; ')}${more}`, signed(printed.get(cause) ?? 0n)];
  });
  const known = explained.knownThen === null ? '' : ` (as known then, rules version ${explained.knownThen})`;
  return columns([
    [`before: ${period(question.before)}${known}`, '', `${formatNanos(explained.before)} ${currency}`],
    ...lines,
    [`after: ${period(question.after)}`, '', `${formatNanos(explained.after)} ${currency}`],
  ]);
}

function period({ from, to }: DayRange): string {
  return `${from} to ${addDays(to, -1)}`;
}

function signed(nanos: bigint): string {
  return nanos > 0n ? `+${formatNanos(nanos)}` : formatNanos(nanos);
}

async function mix(session: Session, options: Asked & { readonly by: string }): Promise<void> {
  const { by, currency } = options;
  const question = { by, range: rangeOf(options.from, options.to), where: options.where.map(parseFilter) };
  const context = await session.freshContext();
  const mixes = await showWorkMix(context, { ...question, currency: currency ?? context.company.currency });
  session.answer(
    { by, currency: currency ?? context.company.currency, rows: mixes.map(mixJson) },
    columns([
      ['month', by, 'tokens', 'per Mtok', 'cached', 'batch', 'retries', 'people', 'top model', 'cost'],
      ...mixes.map(mixLine),
    ]),
  );
}

function mixJson({ cost, pricePerMillion, models, ...rest }: WorkMix): unknown {
  return {
    ...rest,
    cost: formatNanos(cost),
    pricePerMillion: pricePerMillion === null ? null : formatNanos(pricePerMillion),
    models: models.map((model) => ({ ...model, cost: formatNanos(model.cost) })),
  };
}

function mixLine(mixed: WorkMix): readonly string[] {
  return [
    mixed.month,
    mixed.label,
    withThousands(Math.round(mixed.tokens)),
    mixed.pricePerMillion === null ? '-' : formatNanos(mixed.pricePerMillion),
    percent(mixed.cachedShare),
    percent(mixed.batchShare),
    mixed.retries === null ? '-' : String(mixed.retries),
    String(mixed.activePeople),
    mixed.models[0]?.model ?? '-',
    formatNanos(mixed.cost),
  ];
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)}%`;
}
