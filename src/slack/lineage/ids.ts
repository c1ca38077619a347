import { z } from 'zod';
import { AppError } from '../../core/base/errors.js';
import { packPayload } from '../kit/payload.js';
import { FigurePayload } from '../kit/why.js';

/** Callback and action ids of the views that explain a figure. */
export const LINEAGE = {
  view: 'lineage.view',
  line: 'lineage.line',
  bill: 'lineage.bill',
  how: 'lineage.how',
  export: 'lineage.export',
} as const;

/** What a view of a lineage remembers: the figure, and the report that it was chosen from. */
export const LineageMetadata = z.object({ figure: FigurePayload, ask: z.string().nullable() });
export type LineageMetadata = z.infer<typeof LineageMetadata>;

/** What a drill-down button carries: the way down by position, and the amount that must still stand there. */
export const DrillPayload = z.object({ path: z.array(z.number().int().min(0)).max(3), cost: z.string() });
export type DrillPayload = z.infer<typeof DrillPayload>;

/** Slack keeps 3,000 characters with a view. */
const MAX_METADATA = 3_000;

/** @throws AppError `invalid` when the names in the figure are too long for Slack. */
export function packLineage(metadata: z.input<typeof LineageMetadata>): string {
  const packed = packPayload(metadata);
  if (packed.length <= MAX_METADATA) return packed;
  const alone = packPayload({ ...metadata, ask: null });
  if (alone.length <= MAX_METADATA) return alone;
  throw new AppError('invalid', 'A name in this figure is too long to be explained in Slack.');
}
