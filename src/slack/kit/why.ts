import type { Button } from '@slack/types';
import { z } from 'zod';
import { Day } from '../../core/base/time.js';
import type { SpendFigure } from '../../core/lineage/lineage.js';
import { button } from './blocks.js';
import { packPayload } from './payload.js';

/** The action id of every button that leads from a figure to where it comes from. */
export const WHY_ID = 'lineage.open';

/** A figure on its way through Slack. */
export const FigurePayload = z.object({
  dimension: z.string(),
  where: z.array(z.object({ key: z.string(), values: z.array(z.string()) })),
  range: z.object({ from: Day, to: Day }),
  currency: z.string(),
});

/** What is to be explained: the report of a `/spend` text, of which a line can be chosen, or one figure. */
export const WhyPayload = z.union([
  z.object({ ask: z.string().max(1_500) }),
  z.object({ figure: FigurePayload }),
]);
export type WhyPayload = z.infer<typeof WhyPayload>;

/** Slack keeps 2,000 characters with a button. */
const MAX_VALUE = 1_900;

/** The button, or none where the names in the question are too long to be carried by it. */
export function whyButton(
  about: { readonly ask: string } | { readonly figure: SpendFigure },
  spoken: string,
): readonly Button[] {
  const value = packPayload(about);
  return value.length > MAX_VALUE ? [] : [button({ id: WHY_ID, label: 'Why?', value, spoken })];
}
