import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { Day } from '../../core/base/time.js';
import { NO_VALUE, SPEND_KEYS, type SpendLine, type SpendReport } from '../../core/spend/spend.js';
import {
  actions,
  bold,
  button,
  context,
  type Message,
  type MessageBlock,
  rich,
  section,
  table,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import type { DataVisualizationBlock } from '../kit/native-chart.js';
import { packPayload } from '../kit/payload.js';
import {
  capital,
  count,
  dimensionName,
  displayName,
  formatChange,
  formatDay,
  formatMoney,
  formatRange,
  formatShare,
  literalMrkdwn,
} from '../kit/text.js';
import { whyButton } from '../kit/why.js';

/** Lines shown in one report; the rest is folded into "and N more", so that the table always adds up. */
const MAX_LINES = 25;
/** The ways to look at the same money that a report offers, by name in `/spend`'s language. */
export const DRILL_DOWNS = ['model', 'key', 'day'] as const;

/** What the buttons of a report carry: the `/spend` text to ask next. */
export const AskPayload = z.object({ text: z.string().max(1_500) });

/** The action id of a drill-down button; exact and its own for each, since Bolt runs every listener that matches. */
export function drillDownId(by: (typeof DRILL_DOWNS)[number]): string {
  return `spend.by-${by}`;
}
export const SHARE_ID = 'spend.share';
export const PICTURE_ID = 'spend.picture';
/** How many suggestions a "not understood" answer offers. */
export const MAX_SUGGESTIONS = 4;
export function suggestionId(index: number): string {
  return `spend.suggestion-${index}`;
}

interface Folded {
  readonly lines: readonly SpendLine[];
  readonly more: SpendReport['more'];
}

function isOverTime({ question }: SpendReport): boolean {
  return question.by === 'day' || question.by === 'month';
}

/** Whether no day of the range is complete yet: set beside a whole period it would look like a saving. */
function isUnfinished({ chart }: SpendReport): boolean {
  return chart.grain === 'day' && chart.provisionalFrom === 0;
}

function fold(report: SpendReport): Folded {
  // The core has cut them already, at the earlier end.
  if (isOverTime(report)) return report;
  const rest = report.lines.slice(MAX_LINES);
  const lines = report.lines.slice(0, MAX_LINES);
  if (rest.length === 0) return { lines, more: report.more };
  const start = report.more ?? { count: 0, cost: 0n, previous: 0n };
  const more = rest.reduce(
    (sum, line) => ({
      count: sum.count + 1,
      cost: sum.cost + line.cost,
      previous: sum.previous + line.previous,
    }),
    start,
  );
  return { lines, more };
}

/** `no model`, `no key`: what a label says of charges that have none; any other label is a name. */
function labelText(by: string, label: string): string {
  return label === NO_VALUE ? `no ${by}` : displayName(label, 60);
}

/** What lines are grouped by, as a column's title. */
function groupingTitle(by: string): string {
  return SPEND_KEYS.some((key) => key === by) ? capital(by) : dimensionName(by);
}

/** Who or what the question is about, and what it did. */
function subject(report: SpendReport): readonly [who: string, did: string] {
  const { scope } = report.question;
  if (scope === null) return ['The company', 'spent'];
  if ('dimension' in scope) return [displayName(scope.owner), 'spent'];
  if (scope.value === NO_VALUE) return [`What has no ${scope.key}`, 'cost'];
  return [`${capital(scope.key)} ${displayName(scope.value)}`, 'spent'];
}

/** What the line of everything that is not shown is called. */
function leftOut(count: number, by: string): string {
  return by === 'day' || by === 'month' ? `${count} earlier ${by}s` : `and ${count} more`;
}

/** Days whose bills are not in yet are no saving: less than before is then no finding. */
function changeOf({ incomplete, currency }: SpendReport, cost: bigint, previous: bigint): string {
  return incomplete.length > 0 && cost < previous ? 'days missing' : formatChange(cost, previous, currency);
}

function spendTable(report: SpendReport): KnownBlock {
  const { lines, more } = fold(report);
  const { by } = report.question;
  const overTime = isOverTime(report);
  const isCompared = !overTime && !isUnfinished(report);
  const row = (label: string, cost: bigint, previous: bigint) => [
    label,
    formatMoney(cost, report.currency),
    ...(isCompared ? [changeOf(report, cost, previous)] : []),
    formatShare(cost, report.total),
  ];
  const left = more === null ? [] : [row(leftOut(more.count, by), more.cost, more.previous)];
  const shown = lines.map((line) => row(labelText(by, line.label), line.cost, line.previous));
  return table(
    [
      { title: groupingTitle(by) },
      { title: 'Cost', align: 'right' },
      ...(isCompared
        ? [{ title: `Against ${formatRange(report.previousRange)}`, align: 'right' as const }]
        : []),
      { title: 'Share', align: 'right' },
    ],
    overTime ? [...left, ...shown] : [...shown, ...left],
  );
}

/** Sentences about feeds that do not reach the end of the range; missing days are never shown as a saving. */
function incompleteSentences(
  feeds: readonly { readonly source: string; readonly completeThrough: Day | null }[],
): string[] {
  const shown = feeds.slice(0, 4).map(({ source, completeThrough }) => {
    const until =
      completeThrough === null
        ? 'has no complete day yet'
        : `is complete through ${formatDay(completeThrough)}`;
    return `${displayName(source, 60)} ${until}; later days may still rise.`;
  });
  const left = feeds.length - shown.length;
  return left > 0 ? [...shown, `${count(left, 'more feed')} behind.`] : shown;
}

function footnotes(report: SpendReport): KnownBlock[] {
  const provisional = report.chart.provisionalFrom;
  const from = provisional === null ? undefined : report.chart.buckets[provisional];
  const others = report.otherCurrencies.slice(0, 5).map((o) => formatMoney(o.total, o.currency));
  const lines = [
    ...(report.asIs === undefined
      ? []
      : [
          `As-is: re-cast under the organisation of ${formatDay(report.asIs)}, for planning. What was charged back is the same question without “as-is”.`,
        ]),
    ...incompleteSentences(report.incomplete),
    ...(from === undefined ? [] : [`Provisional from ${formatDay(from)}: vendors may still revise it.`]),
    ...(others.length === 0 ? [] : [`Not included, in other currencies: ${others.join(', ')}.`]),
    'Effective cost, UTC days.',
  ];
  return [context(...lines)];
}

/**
 * The same question asked by another grouping: only our own `by X` is replaced, never a word of a name.
 * @internal Pure: tests try questions without a message.
 */
export function regroup(text: string, currentBy: string, by: string): string {
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  const at = words.findLastIndex(
    (word, index) =>
      word.toLowerCase() === 'by' && words[index + 1]?.toLowerCase() === currentBy.toLowerCase(),
  );
  return [...(at < 0 ? words : words.toSpliced(at, 2)), 'by', by].join(' ');
}

function buttons(report: SpendReport, { text, canShare }: SpendReportView): KnownBlock[] {
  const value = packPayload({ text });
  if (value.length > 1_900) return [];
  const current = report.question.by;
  return [
    actions(
      ...DRILL_DOWNS.filter((by) => by !== current).map((by) =>
        button({
          id: drillDownId(by),
          label: `By ${by}`,
          value: packPayload({ text: regroup(text, current, by) }),
        }),
      ),
      ...(report.asIs === undefined ? whyButton({ ask: text }, 'Explain where these figures come from') : []),
      button({ id: PICTURE_ID, label: 'Chart', value, spoken: 'Send me these figures as a chart' }),
      ...(canShare ? [button({ id: SHARE_ID, label: 'Share to channel', value })] : []),
    ),
  ];
}

/** How a report is shown: `text` is the `/spend` text it answers; a shared one says by whom. */
export interface SpendReportView {
  readonly text: string;
  readonly sharedBy: string | null;
  /** Whether everybody in a channel may see it. */
  readonly canShare: boolean;
  /** Slack's own chart of it; null: this workspace draws none, or there is nothing to draw. */
  readonly chart: DataVisualizationBlock | null;
}

/** The answer to `/spend`: the sentence first, then the table, then ways to go on. */
export function spendMessage(report: SpendReport, view: SpendReportView): Message {
  const total = formatMoney(report.total, report.currency);
  const isOpen = isUnfinished(report);
  const change = isOpen ? 'not complete yet' : changeOf(report, report.total, report.previousTotal);
  const range = formatRange(report.question.range);
  const said = displayName(report.question.rangeLabel, 60);
  const period = said === range ? range : `${said} (${range})`;
  const against = isOpen ? '' : ` against ${formatRange(report.previousRange)}`;
  const [who, did] = subject(report);
  const blocks: MessageBlock[] = [
    rich([
      bold(who),
      ` ${did} `,
      bold(total),
      ` ${said === range ? 'in' : ''} ${period}: `.replaceAll('  ', ' '),
      bold(change),
      `${against}.`,
    ]),
    report.lines.length === 0 ? section('There are no charges in this period.') : spendTable(report),
    ...(view.chart === null ? [] : [view.chart]),
    ...footnotes(report),
    ...(view.sharedBy === null ? [] : [context(`Shared by ${displayName(view.sharedBy)}`)]),
    ...buttons(report, view),
  ];
  return withinLimits({
    text: literalMrkdwn(
      `${report.asIs === undefined ? '' : 'As-is: '}${who} ${did} ${total}, ${period}: ${change}${against}.`,
    ),
    blocks,
  });
}

/** What to say when `/spend` was not understood: the sentence, and near misses that run on a click. */
export function notUnderstoodMessage(sentence: string, suggestions: readonly string[]): Message {
  const offers = suggestions
    .map((text) => text.replace(/^\/spend\s*/, ''))
    .filter((text) => packPayload({ text }).length <= 1_500)
    .slice(0, MAX_SUGGESTIONS);
  const blocks: KnownBlock[] = [
    section(sentence),
    ...(offers.length === 0 ? [] : [context('Did you mean:')]),
    ...(offers.length === 0
      ? []
      : [
          actions(
            ...offers.map((text, index) =>
              button({
                id: suggestionId(index),
                label: displayName(`/spend ${text}`.trim(), 75),
                value: packPayload({ text }),
              }),
            ),
          ),
        ]),
  ];
  return withinLimits({ text: literalMrkdwn(sentence), blocks });
}
