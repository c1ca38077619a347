import { z } from 'zod';
import { AppError } from '../../../core/base/errors.js';
import { UnexpectedForm } from '../../http/http.js';
import type { Asking } from './asking.js';
import { clientOf } from './connection.js';
import type { Report } from './schema.js';
import { parseUsageReport, type ReportRow } from './usage-report.js';

const TRIES = 3;

/** The rows of a finished report. @throws UnexpectedForm when it never finishes or is no report. */
export async function downloadReport(
  asking: Asking,
  report: z.infer<typeof Report>,
): Promise<readonly ReportRow[]> {
  const links = report.download_urls ?? [];
  if (report.status !== 'completed' || links.length === 0)
    throw new UnexpectedForm(
      `GitHub's usage report ${report.id} is ${report.status}, with ${links.length} files`,
    );
  const rows: ReportRow[] = [];
  for (const link of links)
    rows.push(
      ...(await download(asking, link, (text) => parseUsageReport({ name: 'the usage report', text }))),
    );
  return rows;
}

/**
 * A text file behind a link, as `parse` reads it. A text has no form that tells a half of it or an error page: what
 * cannot be read is asked for again. @throws UnexpectedForm
 */
export async function download<T>(
  { config, account }: Asking,
  link: string,
  parse: (text: string) => T,
): Promise<T> {
  const { client, endpoint, query } = clientOf(config, link);
  let trouble = '';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const answer = await client.get({ endpoint, query, format: 'text', schema: z.string() });
    try {
      const value = parse(answer.value);
      // A signature in the link is a key to the file: it is not kept.
      account.raw.push({ ...answer.raw, parameters: '{}' });
      return value;
    } catch (error) {
      trouble = error instanceof AppError ? error.message.replace(/\.$/, '') : 'it cannot be read';
    }
  }
  throw new UnexpectedForm(`GitHub answered ${endpoint} in an unexpected form: ${trouble}`);
}
