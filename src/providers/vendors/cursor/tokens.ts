import { createNanoCarry } from '../../../core/base/money.js';
import { utcDay } from '../../../core/base/time.js';
import type { BilledUsage } from '../../../core/prices/check.js';
import type { PricedThing, TokenType } from '../../../core/prices/price.js';
import { createCache } from '../../parts/charge-parts.js';
import type { UsageEvent } from './schema.js';

/** Cursor's own spelling of models is read by the aliases of the price list. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/claude|sonnet|opus|haiku/i, 'anthropic'],
  [/^(gpt|o\d|codex|chatgpt)/i, 'openai'],
  [/gemini/i, 'google'],
  [/grok/i, 'x-ai'],
  [/deepseek/i, 'deepseek'],
];

/** On a key of one's own: its vendor bills the tokens, Cursor its token rate at most, which may be none. */
export function isOwnKey({ kind }: Pick<UsageEvent, 'kind'>): boolean {
  return /api.?key|byok|own key/i.test(kind);
}

/** The tokens of an event as the price list names them; types without any are left out. */
export function pricedTokens(
  event: UsageEvent,
): readonly { readonly thing: PricedThing; readonly tokens: number }[] {
  const model = event.model ?? 'unknown';
  const provider = PROVIDERS.find(([name]) => name.test(model))?.[1] ?? 'cursor';
  return tokenTypesOf(event).flatMap(([tokenType, tokens]) =>
    tokens === 0 ? [] : [{ thing: { provider, model, tokenType }, tokens }],
  );
}

function tokenTypesOf({ tokenUsage }: UsageEvent): readonly (readonly [TokenType, number])[] {
  return [
    ['uncached_input', tokenUsage?.inputTokens ?? 0],
    ['cache_read', tokenUsage?.cacheReadTokens ?? 0],
    ['cache_write_5m', tokenUsage?.cacheWriteTokens ?? 0],
    ['output', tokenUsage?.outputTokens ?? 0],
  ];
}

/**
 * What was charged for which tokens, by day and model: of events that are billed by the token alone. A request at a
 * flat price, a plan that hides its money and a key of one's own say nothing of the price of a token.
 */
export function toBilledUsage(events: readonly UsageEvent[]): readonly BilledUsage[] {
  const carry = createNanoCarry();
  const sums = createCache<{ billed: bigint; units: Map<string, { thing: PricedThing; units: bigint }> }>();
  const found = new Map<string, { event: UsageEvent; sum: ReturnType<typeof sums> }>();
  for (const event of events) {
    const isShown = Number(event.chargedCents ?? '0') !== 0;
    if (event.isTokenBasedCall !== true || !isShown || isOwnKey(event)) continue;
    const key = `${utcDay(event.timestamp)} ${event.model ?? ''}`;
    const sum = sums(key, () => ({ billed: 0n, units: new Map() }));
    found.set(key, { event, sum });
    sum.billed += carry.add(event.chargedCents ?? '0', -2);
    for (const { thing, tokens } of pricedTokens(event)) {
      const units = (sum.units.get(thing.tokenType)?.units ?? 0n) + BigInt(tokens);
      sum.units.set(thing.tokenType, { thing, units });
    }
  }
  return [...found.values()].map(({ event, sum }) => ({
    vendor: 'Cursor',
    day: utcDay(event.timestamp),
    billed: sum.billed,
    parts: [...sum.units.values()],
  }));
}
