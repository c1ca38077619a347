import type { ChartRequest } from '../../charts/spec.js';
import type { AlertFigures } from '../../core/alerts/alert.js';
import { AppError } from '../../core/base/errors.js';
import { absolute, NANOS_PER_UNIT } from '../../core/base/money.js';
import type { DigestFigures } from '../../core/digests/digest.js';
import type { NoticeBody } from '../../core/notices/notice.js';
import { causeName } from '../alerts/words.js';
import { formatRange } from '../kit/text.js';

/** The picture that belongs to a notice; null when it has none. */
export function chartOf(body: NoticeBody): ChartRequest | null {
  if (body.kind === 'digest') return digestChartOf(body.figures);
  if (body.kind === 'alert' && body.figures.series.length > 0) return alertPicture(body.figures);
  if (body.kind === 'alert-explained' && (body.figures.change ?? null) !== null)
    return changePicture(body.figures);
  return null;
}

/** The whole team with and without the cause, where there is more to the team. */
function alertPicture(figures: AlertFigures): ChartRequest {
  const { chart } = figures;
  if (chart === undefined) return { kind: 'alert', figures: { ...figures, owner: causeName(figures) } };
  const shown = { ...figures, owner: chart.label, series: chart.series };
  return { kind: 'alert', figures: shown, suspect: chart.suspect };
}

/** From the days before to the days of the case, cause by cause. */
function changePicture(figures: AlertFigures): ChartRequest | null {
  const { change, currency } = figures;
  if (change === null || change === undefined) return null;
  const { before, after, explanation } = change;
  return {
    kind: 'change',
    title: `Why: ${causeName(figures)}`,
    currency,
    before: formatRange(before),
    after: formatRange(after),
    change: explanation,
  };
}

/** A quiet digest has none; finance sees what made the change, all others the bars. */
function digestChartOf(figures: DigestFigures): ChartRequest | null {
  const { isQuiet, change, comparison, currency, title } = figures;
  if (isQuiet) return null;
  if (change === undefined) return figures.bars.length === 0 ? null : { kind: 'digest', figures };
  const before = formatRange(comparison.before);
  const after = formatRange(comparison.after);
  // What rounds to nothing is no row.
  const parts = change.parts.map((part) => (isDust(part.amount) ? { ...part, amount: 0n } : part));
  const shown = { ...change, parts };
  return { kind: 'change', title: `${title}: why spend changed`, currency, before, after, change: shown };
}

function isDust(amount: bigint): boolean {
  return absolute(amount) < NANOS_PER_UNIT / 2n;
}

/** Pauses between looking at a file, 30 seconds in all (docs/slack-platform.md#files-and-pictures). */
const READY_PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 14_500] as const;

/**
 * Waits until Slack has processed an uploaded file: until then a message that shows it is refused.
 * @throws AppError `upstream` when it takes longer than 30 seconds.
 */
export async function waitForFile(
  look: () => Promise<{ readonly file?: { readonly mimetype?: string } }>,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (const ms of READY_PAUSES_MS) {
    await pause(ms);
    const { file } = await look();
    if ((file?.mimetype ?? '') !== '') return;
  }
  throw new AppError('upstream', 'Slack has not processed the chart in 30 seconds.');
}
