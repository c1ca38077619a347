import { assertNever } from '../../core/base/errors.js';
import type { LintFigures, LintLine } from '../../core/rule-review/lint-report.js';
import { bold, bullets, context, header, type Message, type RichLine } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { count, displayName, formatMoney, literalMrkdwn } from '../kit/text.js';

/** Tells FinOps of rules that do nothing and of money about which only the order of rules decides. */
export function rulesLintMessage(figures: LintFigures): Message {
  const total = figures.lines.length + figures.more;
  const title = `${count(total, 'rule')} to look at`;
  const more: readonly RichLine[] = figures.more > 0 ? [[`and ${figures.more} more`]] : [];
  return withinLimits({
    text: literalMrkdwn(`${title}: ${figures.lines.slice(0, 3).map(plainLine).join(' ')}`),
    blocks: [
      header(title),
      bullets([...figures.lines.map(lineOf), ...more]),
      context(
        `Version ${figures.version} of the rules, tried on all months, effective cost. /rules shows and mends them.`,
      ),
    ],
  });
}

function moneyOf({ atStake }: LintLine): string {
  const amounts = atStake.slice(0, 3).map(({ cost, currency }) => formatMoney(cost, currency));
  return amounts.length === 0 ? 'nothing so far' : amounts.join(' and ');
}

function lineOf(line: LintLine): RichLine {
  return [bold(displayName(line.name, 80)), ` (${displayName(line.dimension, 40)}) ${saying(line)}`];
}

function plainLine(line: LintLine): string {
  return `${displayName(line.name, 80)} ${saying(line)}`;
}

function saying(line: LintLine): string {
  switch (line.why) {
    case 'dead':
      return 'matches nothing.';
    case 'shadowed':
      return line.atStake.length === 0
        ? 'is never reached: rules above take everything it matches, to the same owners.'
        : `is never reached: rules above take everything it matches, ${moneyOf(line)}.`;
    case 'overlap':
      return `gets ${moneyOf(line)} that “${displayName(line.otherName ?? '', 80)}” below it matches too: only their order decides.`;
    default:
      return assertNever(line.why);
  }
}
