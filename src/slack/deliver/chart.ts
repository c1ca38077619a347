import type { WebClient } from '@slack/web-api';
import type { DrawnChart } from '../../charts/draw.js';
import type { ChartRequest } from '../../charts/spec.js';
import type { NoticeBody } from '../../core/notice.js';
import { displayName, truncate } from '../text.js';

/** Draws figures as a PNG with its words; in a worker, since drawing blocks for about 50 ms. */
export type DrawChart = (chart: ChartRequest) => Promise<DrawnChart>;

/** The picture that belongs to a notice; null when it has none. */
export function chartOf(body: NoticeBody): ChartRequest | null {
  if (body.kind === 'digest' && body.figures.weeks.length > 0)
    return { kind: 'digest', figures: body.figures };
  if (body.kind === 'alert' && body.figures.series.length > 0)
    return { kind: 'alert', figures: body.figures };
  return null;
}

/**
 * Puts a chart into the thread of a message that stands already. Uploading into the thread, not embedding by
 * `slack_file`: completion is asynchronous and an embedded file that is not ready is refused (slack.md 1.10).
 */
export async function uploadChart(
  client: WebClient,
  chart: DrawnChart,
  place: { readonly channelId: string; readonly ts: string },
): Promise<void> {
  await client.files.uploadV2({
    channel_id: place.channelId,
    thread_ts: place.ts,
    file: Buffer.from(chart.png),
    filename: chart.filename,
    title: displayName(chart.filename.replace(/\.png$/, ''), 120),
    alt_text: truncate(chart.altText, 1_000),
  });
}
