import type { TableBlock } from '@slack/types';
import { z } from 'zod';
import { absolute, type Nanos } from '../../core/base/money.js';
import { parseMonth } from '../../core/base/time.js';
import type { BudgetFigures, BudgetLine } from '../../usecases/budgets/show-budgets.js';
import { actions, bold, button, context, type Message, rich, section, table } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import {
  count,
  displayName,
  formatDay,
  formatMoney,
  formatMonth,
  formatShare,
  literalMrkdwn,
} from '../kit/text.js';

/** What the buttons of the budgets carry. */
export const BudgetPayload = z.object({ month: z.string().transform(parseMonth) });
export const BUDGET_IDS = { set: 'budgets.set', paste: 'budgets.paste' } as const;

const MAX_LINES = 40;
const BAR_CELLS = 10;

/** `part` of `whole` as ten cells; the last one is full only when the whole is spent. */
export function textBar(part: Nanos, whole: Nanos): string {
  const tenths = whole <= 0n || part <= 0n ? 0n : (part * BigInt(BAR_CELLS)) / whole;
  const full = tenths > BigInt(BAR_CELLS) ? BAR_CELLS : Number(tenths);
  return '■'.repeat(full) + '□'.repeat(BAR_CELLS - full);
}

type Against = Pick<BudgetLine, 'spent' | 'planned'>;

function aboveOrBelow({ spent, planned }: Against, currency: string): string {
  const above = spent - planned;
  if (above === 0n) return 'on plan';
  return `${above > 0n ? '▲' : '▼'} ${formatMoney(absolute(above), currency)}`;
}

/** How far a month is above or below its plan for the days so far. */
export function againstPlan(line: Against, currency: string): string {
  const words = aboveOrBelow(line, currency);
  if (line.spent === line.planned) return words;
  return `${words} ${line.spent > line.planned ? 'above' : 'below'} plan`;
}

function rowOf(line: BudgetLine, currency: string): readonly string[] {
  const { plan, otherCurrency, owner, planned, spent } = line;
  const name = displayName(owner, 60);
  if (plan === null)
    return [
      name,
      otherCurrency === null ? '–' : `in ${otherCurrency}`,
      '–',
      formatMoney(spent, currency),
      'no budget',
      '–',
    ];
  return [
    name,
    formatMoney(plan.amount, currency),
    formatMoney(planned, currency),
    formatMoney(spent, currency),
    aboveOrBelow(line, currency),
    formatShare(spent, plan.amount),
  ];
}

/** Without any budget only what was spent: four empty columns would say nothing. */
function budgetTable(lines: readonly BudgetLine[], currency: string): TableBlock {
  const isPlanned = lines.some(({ plan, otherCurrency }) => plan !== null || otherCurrency !== null);
  if (!isPlanned)
    return table(
      [{ title: 'Team' }, { title: 'Spent', align: 'right' }],
      lines.map(({ owner, spent }) => [displayName(owner, 60), formatMoney(spent, currency)]),
    );
  return table(
    [
      { title: 'Team' },
      { title: 'Budget', align: 'right' },
      { title: 'To date', align: 'right' },
      { title: 'Spent', align: 'right' },
      { title: 'Against plan', align: 'right' },
      { title: 'Used', align: 'right' },
    ],
    lines.map((line) => rowOf(line, currency)),
  );
}

/** A month's budgets against what was spent, furthest above plan first. */
export function budgetsMessage(figures: BudgetFigures, options: { readonly mayEdit: boolean }): Message {
  const { month, currency, through, lines } = figures;
  const name = formatMonth(month);
  const planned = lines.filter(({ plan }) => plan !== null);
  const shown = lines.slice(0, MAX_LINES);
  const until = through === null ? 'no complete day yet' : `through ${formatDay(through)}`;
  const above = planned.filter((line) => line.spent > line.planned);
  const sentence =
    planned.length === 0
      ? `No budget is set for ${name}.`
      : `${above.length} of ${count(planned.length, 'team')} with a budget ${above.length === 1 ? 'is' : 'are'} above plan in ${name}, ${until}.`;
  const value = packPayload({ month });
  return withinLimits({
    text: literalMrkdwn(sentence),
    blocks: [
      rich([bold(`Budgets, ${name}`)], [sentence]),
      ...(shown.length === 0
        ? [section('No team that you may see has spent anything or has a budget.')]
        : [budgetTable(shown, currency)]),
      ...(lines.length > shown.length
        ? [context(`and ${count(lines.length - shown.length, 'more team')}`)]
        : []),
      ...(options.mayEdit
        ? [
            actions(
              button({ id: BUDGET_IDS.set, label: 'Set a budget', value }),
              button({ id: BUDGET_IDS.paste, label: 'Paste a list', value }),
            ),
          ]
        : []),
      context(
        '“To date” is what of the budget falls on the days so far, “Used” what of the month’s budget is spent. Effective cost, complete days.',
      ),
    ],
  });
}
