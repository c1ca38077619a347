import { parseNanos } from '../../../core/base/money.js';
import { addUses } from '../../../core/gateways/tally.js';
import {
  NO_TOKENS,
  type TokenClass,
  type TokenCounts,
  type TokenUse,
  totalTokens,
} from '../../../core/gateways/token-use.js';
import { clean, readTags, splitTag } from '../../parts/use-tags.js';
import type { ProjectDay } from './client.js';
import type { LangfuseOptions, MetricsRow, Observation } from './schema.js';

/** Langfuse knows models, not who bills them. */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/^(gpt|o\d|chatgpt|text-embedding|openai\/)/i, 'openai'],
  [/^(claude|anthropic\/)/i, 'anthropic'],
  [/^(us|eu|apac|global)?\.?(anthropic|amazon|meta)\./i, 'aws'],
  [/^(gemini|google\/)/i, 'google'],
  [/^(mistral|codestral|ministral)/i, 'mistral'],
];

/** Sums of days. Those of v1 keep cached tokens among the input, so that their uses do not tell them apart. */
export function toUses(
  days: readonly ProjectDay[],
  options: LangfuseOptions,
): { readonly uses: readonly TokenUse[]; readonly remarks: readonly string[] } {
  const uses = new Map<string, TokenUse>();
  let [other, empty] = [0, 0];
  for (const { day, rows } of days)
    for (const row of rows) {
      const use = toUse(row, day, options);
      if (dayOf(row) !== day) other += 1;
      else if (totalTokens(use.tokens) === 0n) empty += 1;
      else {
        const { tokens: _tokens, requests: _requests, ownCost: _cost, ...tuple } = use;
        const key = JSON.stringify({ ...tuple, repeated: null });
        const known = uses.get(key);
        uses.set(key, known === undefined ? use : addUses(known, use));
      }
    }
  const remarks = [
    ...(other === 0 ? [] : [`${other} rows of other days than asked for were left out.`]),
    ...(empty === 0 ? [] : [`${empty} rows without tokens were left out.`]),
  ];
  return { uses: [...uses.values()], remarks };
}

function dayOf(row: MetricsRow | Observation): string {
  return ('startTime' in row ? row.startTime : row.time_dimension).slice(0, 10);
}

function toUse(row: MetricsRow | Observation, day: ProjectDay['day'], options: LangfuseOptions): TokenUse {
  const isOne = 'startTime' in row;
  const model = clean(isOne ? row.model : row.providedModelName) ?? 'unknown';
  const cost = isOne ? row.totalCost : row.sum_totalCost;
  return {
    day,
    vendor: VENDORS.find(([pattern]) => pattern.test(model))?.[1] ?? 'unknown',
    model,
    key: null,
    callerKey: null,
    serviceTier: 'standard',
    ...tagsOf(row, options),
    tellsCache: isOne,
    tokens: isOne ? tokensByClass(row.usageDetails ?? {}) : tokensOf(row),
    requests: isOne ? 1 : Math.round(row.count_count),
    retries: null,
    replays: 0,
    repeated: { requests: 0, tokens: NO_TOKENS, cost: 0n },
    ownCost: typeof cost === 'string' ? parseNanos(cost) : null,
  };
}

/**
 * Tokens by the names that applications give classes (`input`, `input_cached_tokens`, `cache_read_input_tokens`,
 * `output_reasoning_tokens` ...): Langfuse counts each token in one of them, and `total` is their sum.
 */
function tokensByClass(details: Readonly<Record<string, number>>): TokenCounts {
  const tokens = { ...NO_TOKENS };
  for (const [name, count] of Object.entries(details))
    if (!/^total/i.test(name)) tokens[classOf(name)] += whole(count);
  const counted = totalTokens(tokens);
  const total = whole(details['total']);
  return total > counted ? { ...tokens, uncached_input: tokens.uncached_input + (total - counted) } : tokens;
}

function classOf(name: string): TokenClass {
  if (/cach/i.test(name)) {
    if (!/creat|writ/i.test(name)) return 'cache_read';
    return /1h/i.test(name) ? 'cache_write_1h' : 'cache_write_5m';
  }
  return /output|completion|reason/i.test(name) ? 'output' : 'uncached_input';
}

/** `userId` is the customer of a product, as its makers use it; a tag or a trace's name is the feature. */
function tagsOf(row: MetricsRow | Observation, options: LangfuseOptions) {
  const given = row.tags ?? [];
  const bag = new Map(
    (typeof given === 'string' ? given.split(',') : given)
      .flatMap((tag) => [splitTag(tag) ?? []])
      .filter(isPair),
  );
  const { customer, feature, team, user } = readTags(bag, options);
  return {
    customer: options.customerTag === undefined ? (clean(row.userId) ?? customer) : customer,
    feature:
      options.featureTag === undefined ? (feature ?? clean(row.traceName) ?? clean(row.name)) : feature,
    team,
    user,
  };
}

function isPair(pair: readonly string[]): pair is readonly [string, string] {
  return pair.length === 2;
}

function tokensOf({
  sum_inputTokens: input,
  sum_outputTokens: output,
  sum_totalTokens: total,
}: MetricsRow): TokenCounts {
  const out = whole(output);
  const all = whole(total);
  const rest = all > out ? all - out : 0n;
  return { ...NO_TOKENS, uncached_input: typeof input === 'number' ? whole(input) : rest, output: out };
}

function whole(count: number | null | undefined): bigint {
  return BigInt(Math.max(0, Math.round(count ?? 0)));
}
