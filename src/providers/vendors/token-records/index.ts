import { canonicalJson } from '../../../core/base/json.js';
import { addDays, type Day, utcDay } from '../../../core/base/time.js';
import { createUseTally } from '../../../core/gateways/tally.js';
import { describeConnector } from '../../connector.js';
import type { Pull } from '../../provider.js';
import { forEachLine, listFiles } from './client.js';
import { readRecord } from './focus.js';
import { TokenRecordOptions } from './schema.js';

/**
 * One JSON object per LLM request, in files under a folder (`YYYY/MM/DD/*.jsonl.gz`, or flat), written by an
 * application or a collector. Weights, never money: the vendor's bill has that.
 */
export const tokenRecords = describeConnector({
  kind: 'token-records',
  needs: 'file',
  options: TokenRecordOptions,
  form: { label: 'Token records (*.jsonl.gz; who, no money)' },
  create: ({ source, path, clock, options }) => ({
    source,
    kind: 'token-records',
    // Records may be filed a few days late.
    openWindowDays: 7,
    reachDays: null,
    chunkDays: 7,
    async pull(window): Promise<Pull> {
      const nowMs = clock();
      const tally = createUseTally();
      const hashes: Record<string, string> = {};
      let last: Day | null = null;
      for (const file of await listFiles(path, window))
        hashes[file.name] = await forEachLine(file, (line) => {
          const read = readRecord(line, options, window);
          if (read === null) return;
          if ('rejected' in read) return tally.reject(read.rejected);
          if (last === null || read.request.day > last) last = read.request.day;
          tally.add(read.request);
        });
      const { uses, remarks } = tally.finish();
      return {
        scope: { kind: 'charge-days', from: window.from, to: window.to },
        charges: [],
        // Their names and hashes only: the files stay where they are, and may be large.
        raw: [
          {
            endpoint: path,
            parameters: canonicalJson({ window }),
            fetchedAtMs: nowMs,
            body: JSON.stringify(hashes),
          },
        ],
        identities: [],
        uses,
        completeThrough: earlier(last, addDays(utcDay(nowMs), -1)),
        remarks,
      };
    },
  }),
});

function earlier(a: Day | null, b: Day): Day | null {
  return a === null ? null : a < b ? a : b;
}
