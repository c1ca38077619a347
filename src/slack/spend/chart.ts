import type { ChartRequest } from '../../charts/spec.js';
import { sumNanos } from '../../core/base/money.js';
import type { SpendReport } from '../../core/spend/spend.js';
import { displayName } from '../kit/text.js';

/** Slack's own chart takes so many points. */
const MOST_POINTS = 20;

/** Whom the report is about, for a chart's title. */
function titleOf({ question }: SpendReport): string {
  const { scope, rangeLabel } = question;
  const who = scope === null ? 'The company' : 'dimension' in scope ? scope.owner : scope.value;
  return `${displayName(who, 60)}, ${displayName(rangeLabel, 40)}`;
}

/** The report's total over time, in at most twenty bars: what Slack can draw by itself. Bars add up to the total. */
export function trendOf(report: SpendReport): ChartRequest {
  const { buckets, series, provisionalFrom } = report.chart;
  const step = Math.max(1, Math.ceil(buckets.length / MOST_POINTS));
  const days = buckets.flatMap((day, at) =>
    at % step === 0
      ? [{ day, cost: sumNanos(series.flatMap(({ costs }) => costs.slice(at, at + step))) }]
      : [],
  );
  return {
    kind: 'trend',
    title: titleOf(report),
    currency: report.currency,
    days,
    provisionalFrom: provisionalFrom === null ? null : Math.floor(provisionalFrom / step),
  };
}

/** The same money as our picture: stacked by what the report is grouped by. */
export function pictureOf(report: SpendReport): ChartRequest {
  return { kind: 'spend', title: titleOf(report), series: report.chart };
}
