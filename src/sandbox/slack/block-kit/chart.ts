import { z } from 'zod';
import { optionalId } from './text.js';

// docs.slack.dev/reference/block-kit/blocks/data-visualization-block; where newer pages give more, the older limit.
const MOST_SERIES = 6;
const MOST_POINTS = 20;
const label = z.string().min(1).max(20);

const Point = z.strictObject({ label, value: z.number() });
const Axis = z.strictObject({
  categories: z.array(label).min(1).max(MOST_POINTS),
  x_label: z.string().max(50).optional(),
  y_label: z.string().max(50).optional(),
});
const series = z
  .array(z.strictObject({ name: label, data: z.array(Point).min(1).max(MOST_POINTS) }))
  .min(1)
  .max(MOST_SERIES);

interface Plotted {
  readonly series: z.infer<typeof series>;
  readonly axis_config: z.infer<typeof Axis>;
}

/** Every series has exactly one point a category; names are unique. */
function checkPlot({ series: all, axis_config: { categories } }: Plotted, context: z.RefinementCtx): void {
  const say = (message: string): void => context.addIssue({ code: 'custom', message });
  if (new Set(categories).size < categories.length) say('categories must be unique');
  if (new Set(all.map(({ name }) => name)).size < all.length) say('series names must be unique');
  const wanted = categories.toSorted().join('\0');
  for (const { name, data } of all) {
    const labels = data.map((point) => point.label).toSorted();
    if (labels.join('\0') !== wanted) say(`series "${name}" must have one data point for each category`);
  }
}

function plotOf<T extends 'line' | 'bar' | 'area'>(type: T) {
  return z.strictObject({ type: z.literal(type), series, axis_config: Axis }).superRefine(checkPlot);
}

const Chart = z.discriminatedUnion('type', [
  plotOf('line'),
  plotOf('bar'),
  plotOf('area'),
  z.strictObject({
    type: z.literal('pie'),
    segments: z
      .array(z.strictObject({ label, value: z.number().positive() }))
      .min(1)
      .max(MOST_SERIES),
  }),
]);

/** The `data_visualization` block: a chart that Slack draws itself. */
export const DataVisualization = z.strictObject({
  type: z.literal('data_visualization'),
  block_id: optionalId,
  title: z.string().min(1).max(50),
  chart: Chart,
});
/** The `data_visualization` block: a chart that Slack draws itself. */
export type DataVisualization = z.infer<typeof DataVisualization>;
