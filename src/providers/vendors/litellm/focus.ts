import { compareText, createNanoCarry, type NanoCarry } from '../../../core/base/money.js';
import { utcDay } from '../../../core/base/time.js';
import type { RecordedRequest, UseTally } from '../../../core/gateways/tally.js';
import {
  NO_TOKENS,
  splitInput,
  type TokenCounts,
  totalTokens,
  vendorOf,
} from '../../../core/gateways/token-use.js';
import { clean, readTags, splitTag } from '../../parts/use-tags.js';
import type { LogDay } from './client.js';
import type { CachedCounts, LiteLlmOptions, SpendLog } from './schema.js';

/**
 * Adds the days' requests up. A request is counted on the UTC day on which it began; rows of other days come again
 * under their own. Spends have more decimals than a nano, so a day's are rounded as one sum, in the order of their ids.
 */
export function tallyLogs(days: readonly LogDay[], tally: UseTally, options: LiteLlmOptions): void {
  for (const { day, rows } of days) {
    const carry = createNanoCarry();
    const sorted = rows.toSorted((a, b) => compareText(a.request_id, b.request_id));
    for (const row of sorted) {
      const startMs = Date.parse(withZone(row.startTime));
      if (Number.isNaN(startMs)) tally.reject('startTime is no instant');
      else if (utcDay(startMs) === day) addRow(tally, row, { day, options, carry });
    }
  }
}

/** LiteLLM keeps UTC; some databases give it back without saying so. */
function withZone(text: string): string {
  const plain = text.trim().replace(' ', 'T');
  return /(Z|[+-]\d{2}:?\d{2})$/i.test(plain) ? plain : `${plain}Z`;
}

function addRow(
  tally: UseTally,
  row: SpendLog,
  {
    day,
    options,
    carry,
  }: { readonly day: LogDay['day']; readonly options: LiteLlmOptions; readonly carry: NanoCarry },
): void {
  const status = (row.status ?? row.metadata?.status ?? 'success').toLowerCase();
  if (status !== 'success') return tally.reject('the request failed');
  const tokens = tokensOf(row);
  if (totalTokens(tokens) === 0n) return tally.reject('it counts no tokens');
  const vendor = vendorOf(row.custom_llm_provider ?? row.model?.split('/')[0] ?? 'unknown');
  const spend = carry.add(row.spend);
  const request: RecordedRequest = {
    id: row.request_id,
    day,
    vendor,
    model: clean(row.model) ?? 'unknown',
    key: clean(options.vendorKeys[vendor]),
    callerKey: clean(row.metadata?.user_api_key_alias) ?? clean(row.api_key),
    serviceTier: 'standard',
    ...tagsOf(row, options),
    tellsCache: true,
    tokens,
    retries: row.metadata?.attempted_retries ?? null,
    // The proxy answered by itself. A cache hit that cost something was the vendor's prompt cache, which is billed.
    isReplay: String(row.cache_hit).toLowerCase() === 'true' && Number(row.spend) === 0,
    ownCost: spend,
  };
  tally.add(request);
}

/** `end_user` is the customer, the key's team the team; tags and the metadata that callers send say the rest. */
function tagsOf(row: SpendLog, options: LiteLlmOptions) {
  const bag = new Map<string, string>();
  for (const tag of row.request_tags ?? []) {
    const pair = splitTag(tag);
    if (pair !== null) bag.set(...pair);
  }
  for (const [name, value] of Object.entries(row.metadata?.spend_logs_metadata ?? {}))
    if (typeof value === 'string' || typeof value === 'number') bag.set(name, String(value));
  const { customer, feature, team, user } = readTags(bag, options);
  const { metadata } = row;
  return {
    customer: own(options.customerTag, clean(row.end_user), customer),
    feature,
    team: own(options.teamTag, clean(metadata?.user_api_key_team_alias) ?? clean(row.team_id), team),
    user: own(options.userTag, clean(metadata?.user_api_key_user_id) ?? clean(row.user), user),
  };
}

/** What the row says by itself goes before its tags, but where the settings name a tag. */
function own(option: string | undefined, value: string | null, tag: string | null): string | null {
  return option === undefined ? (value ?? tag) : tag;
}

/** LiteLLM's prompt holds cached tokens, whoever the vendor; older versions left Anthropic's out, which shows. */
function tokensOf(row: SpendLog): TokenCounts {
  const places = [row.metadata?.usage_object, row.metadata?.additional_usage_values, row];
  const first = (of: (counts: CachedCounts) => number | null | undefined): bigint => {
    for (const place of places) {
      const count = place === null || place === undefined ? null : of(place);
      if (typeof count === 'number' && count > 0) return whole(count);
    }
    return 0n;
  };
  const read = first(
    (counts) => counts.cache_read_input_tokens ?? counts.prompt_tokens_details?.cached_tokens,
  );
  const written = first(
    ({ cache_creation_input_tokens: created, prompt_tokens_details: details }) =>
      created ?? details?.cache_creation_tokens ?? details?.cache_write_tokens,
  );
  const long = first(
    (counts) =>
      counts.cache_creation?.ephemeral_1h_input_tokens ??
      counts.prompt_tokens_details?.cache_creation_token_details?.ephemeral_1h_input_tokens,
  );
  const write1h = long < written ? long : written;
  const cached = { read, write5m: written - write1h, write1h };
  const prompt = whole(row.prompt_tokens);
  const input = splitInput(prompt, cached, true) ?? splitInput(prompt, cached, false);
  return { ...NO_TOKENS, ...input, output: whole(row.completion_tokens) };
}

function whole(count: number): bigint {
  return BigInt(Math.max(0, Math.round(count)));
}
