import { type DayRange, utcDay } from '../../../core/base/time.js';
import type { RecordedRequest } from '../../../core/gateways/tally.js';
import {
  NO_TOKENS,
  splitInput,
  type TokenCounts,
  totalTokens,
  vendorOf,
} from '../../../core/gateways/token-use.js';
import { readServiceTier } from '../../../core/prices/price.js';
import { clean, readTags } from '../../parts/use-tags.js';
import { TokenRecord, type TokenRecordOptions } from './schema.js';

const UTC_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;
/** Their input counts leave cached tokens out; everybody else's hold them. */
const WITHOUT_CACHED: ReadonlySet<string> = new Set(['anthropic', 'aws']);

/** A line as a request, or the reason why it is none. */
export type ReadLine = { readonly request: RecordedRequest } | { readonly rejected: string };

/** Reads one line of a file of records; null for a blank one and for a request of another day than the window's. */
export function readRecord(
  line: string | null,
  options: TokenRecordOptions,
  window: DayRange,
): ReadLine | null {
  if (line === null) return { rejected: 'the line is longer than a megabyte' };
  if (line.trim() === '') return null;
  const json = parse(line);
  if (json === undefined) return { rejected: 'the line is no JSON' };
  const parsed = TokenRecord.safeParse(json);
  if (!parsed.success) {
    const [field = 'record'] = parsed.error.issues.map(({ path }) => path.join('.'));
    return { rejected: describeField(field) };
  }
  const record = parsed.data;
  if (!UTC_INSTANT.test(record.timestamp) || Number.isNaN(Date.parse(record.timestamp)))
    return { rejected: 'timestamp is no UTC instant ending in Z' };
  const day = utcDay(Date.parse(record.timestamp));
  if (day < window.from || day >= window.to) return null;
  if ((record.status ?? 'success').toLowerCase() !== 'success') return { rejected: 'status is not success' };
  const vendor = vendorOf(record.provider);
  const tokens = tokensOf(record, vendor);
  if (tokens === null) return { rejected: 'more cached tokens than input tokens' };
  if (totalTokens(tokens) === 0n) return { rejected: 'usage is zero' };
  const tags = Object.entries(record.tags ?? {}).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return {
    request: {
      id: record.event_id,
      day,
      vendor,
      model: record.model.trim(),
      key: clean(record.api_key_id),
      callerKey: null,
      serviceTier: readServiceTier(record.service_tier, record.is_batch) ?? 'standard',
      ...readTags(new Map(tags), options),
      tellsCache: true,
      tokens,
      retries: null,
      isReplay: false,
      ownCost: null,
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function describeField(field: string): string {
  return field.startsWith('usage.')
    ? 'a count is no whole number (texts are refused)'
    : `${field} is missing or of another form`;
}

function tokensOf({ usage }: TokenRecord, vendor: string): TokenCounts | null {
  const cached = {
    read: BigInt(usage.cache_read_input_tokens ?? 0),
    write5m: BigInt(usage.cache_write_input_tokens ?? 0),
    write1h: 0n,
  };
  const uncached = usage.uncached_input_tokens ?? null;
  const input =
    uncached === null
      ? splitInput(BigInt(usage.input_tokens ?? 0), cached, !WITHOUT_CACHED.has(vendor))
      : splitInput(BigInt(uncached), cached, false);
  return input === null ? null : { ...NO_TOKENS, ...input, output: BigInt(usage.output_tokens ?? 0) };
}
