import type { WebClient } from '@slack/web-api';
import type { DrawnChart } from '../../charts/draw.js';
import type { ChartRequest } from '../../charts/spec.js';
import { AppError } from '../../core/base/errors.js';
import type { Picture } from './blocks.js';
import { displayName, truncate } from './text.js';

/** Draws figures as a PNG with its words; in a worker, since drawing blocks for about 50 ms. */
export type DrawChart = (chart: ChartRequest) => Promise<DrawnChart>;

/** A message of ours as it stands in Slack. */
export interface Place {
  readonly channelId: string;
  readonly ts: string;
}

/**
 * Puts a chart into the thread of a message that stands already. Into the thread first, so that everyone who may read
 * the message may see the file when the message shows it as well (docs/slack-platform.md#files-and-pictures).
 * @throws AppError `upstream` when Slack does not say which file it became.
 */
export async function uploadChart(client: WebClient, chart: DrawnChart, place: Place): Promise<Picture> {
  const altText = truncate(chart.altText, 1_000);
  const uploaded = await client.filesUploadV2({
    channel_id: place.channelId,
    thread_ts: place.ts,
    file: Buffer.from(chart.png),
    filename: chart.filename,
    title: displayName(chart.filename.replace(/\.png$/, ''), 120),
    alt_text: altText,
  });
  const fileId = uploaded.files[0]?.files?.[0]?.id;
  if (fileId === undefined) throw new AppError('upstream', 'Slack took the chart but did not name the file.');
  return { fileId, altText };
}
