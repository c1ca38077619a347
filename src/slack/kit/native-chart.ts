import type { Block } from '@slack/types';
import { cleanLabel, dayLabel, monthLabel } from '../../charts/labels.js';
import type { ChartRequest } from '../../charts/spec.js';
import { compareBigint, type Nanos, sumNanos, toApproximateUnits } from '../../core/base/money.js';
import type { Day } from '../../core/base/time.js';
import { truncate } from './text.js';

// Limits: docs/slack-platform.md#slacks-own-charts.
const MOST_SERIES = 6;
const MOST_POINTS = 20;
const TITLE = 50;
const LABEL = 20;

interface Point {
  readonly label: string;
  readonly value: number;
}

/** A chart that Slack draws itself; `@slack/types` does not know it yet. Messages only, two a message at most. */
export interface DataVisualizationBlock extends Block {
  readonly type: 'data_visualization';
  readonly title: string;
  readonly chart:
    | { readonly type: 'pie'; readonly segments: readonly Point[] }
    | {
        readonly type: 'line' | 'bar';
        readonly series: readonly { readonly name: string; readonly data: readonly Point[] }[];
        readonly axis_config: { readonly categories: readonly string[]; readonly y_label: string };
      };
}

/** Figures by series over the same categories. */
interface Plot {
  readonly title: string;
  readonly currency: string;
  readonly categories: readonly string[];
  readonly series: readonly { readonly label: string; readonly costs: readonly Nanos[] }[];
}

/**
 * The chart as Slack's own block; null where that would say less or something else than our picture: it cannot stack,
 * draw a band or show thirty series.
 */
function nativeChart(request: ChartRequest): DataVisualizationBlock | null {
  switch (request.kind) {
    case 'trend': {
      const { title, currency, days, provisionalFrom } = request;
      const series = [{ label: title, costs: days.map(({ cost }) => cost) }];
      // Slack cannot hatch: a star says it.
      const isFinal = (at: number): boolean => provisionalFrom === null || at < provisionalFrom;
      const categories = dayNames(days.map(({ day }) => day)).map((name, at) =>
        isFinal(at) ? name : `${name}*`,
      );
      const note = isFinal(days.length - 1) ? '' : ' (* not final)';
      return plot('bar', {
        title: `${short(title, TITLE - note.length)}${note}`,
        currency,
        categories,
        series,
      });
    }
    case 'spend': {
      const { buckets, series, currency, grain, provisionalFrom } = request.series;
      if (provisionalFrom !== null) return null;
      const categories = grain === 'month' ? buckets.map(monthLabel) : dayNames(buckets);
      return plot(series.length === 1 ? 'bar' : 'line', {
        title: request.title,
        currency,
        categories,
        series,
      });
    }
    case 'share':
      return pie(request.title, request.lines);
    case 'alert':
    case 'digest':
    case 'forecast':
    case 'change':
    default:
      return null;
  }
}

function dayNames(days: readonly Day[]): readonly string[] {
  return days.map(dayLabel);
}

function plot(
  type: 'line' | 'bar',
  { title, currency, categories, series }: Plot,
): DataVisualizationBlock | null {
  const names = series.map(({ label }) => short(label));
  const isPlain =
    series.length >= 1 &&
    series.length <= MOST_SERIES &&
    categories.length >= 2 &&
    categories.length <= MOST_POINTS &&
    areDistinct(names) &&
    areDistinct(categories) &&
    series.every(({ costs }) => costs.length === categories.length && costs.every((cost) => cost >= 0n)) &&
    sumNanos(series.flatMap(({ costs }) => costs)) > 0n;
  if (!isPlain) return null;
  return {
    type: 'data_visualization',
    title: truncate(cleanLabel(title), TITLE),
    chart: {
      type,
      series: series.map(({ costs }, i) => ({
        name: names[i] ?? '',
        data: categories.map((label, at) => ({ label, value: units(costs[at] ?? 0n) })),
      })),
      axis_config: { categories, y_label: currency },
    },
  };
}

function pie(
  title: string,
  lines: readonly { readonly label: string; readonly cost: Nanos }[],
): DataVisualizationBlock | null {
  const sorted = lines.filter(({ cost }) => cost !== 0n).toSorted((a, b) => compareBigint(b.cost, a.cost));
  const segments = sorted.map(({ label, cost }) => ({ label: short(label), value: units(cost) }));
  const isPlain =
    segments.length >= 1 &&
    segments.length <= MOST_SERIES &&
    areDistinct(segments.map(({ label }) => label)) &&
    segments.every(({ value }) => value > 0);
  return isPlain
    ? {
        type: 'data_visualization',
        title: truncate(cleanLabel(title), TITLE),
        chart: { type: 'pie', segments },
      }
    : null;
}

function short(label: string, limit = LABEL): string {
  return truncate(cleanLabel(label), limit);
}

function areDistinct(labels: readonly string[]): boolean {
  return new Set(labels).size === labels.length;
}

/** Cents are exact enough for a bar. */
function units(cost: Nanos): number {
  return Math.round(toApproximateUnits(cost) * 100) / 100;
}

/**
 * Which workspaces take Slack's own charts. The block came in step by step: where it was once refused it is not tried
 * again until the process starts again, and charts are pictures.
 */
export class NativeCharts {
  readonly #refusedBy = new Set<string>();

  /** The block to put into the message; null: upload a picture. */
  choose(teamId: string, request: ChartRequest): DataVisualizationBlock | null {
    return this.#refusedBy.has(teamId) ? null : nativeChart(request);
  }

  /** Notes Slack's error word for a message that held such a block. True: send it again, with a picture. */
  noteRefusal(teamId: string, error: string): boolean {
    if (error !== 'invalid_blocks' && error !== 'invalid_blocks_format') return false;
    this.#refusedBy.add(teamId);
    return true;
  }
}
