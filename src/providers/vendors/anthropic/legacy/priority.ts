import type { DayRange } from '../../../../core/base/time.js';
import { readServiceTier, type TokenType } from '../../../../core/prices/price.js';
import type { UnratedUsage } from '../../../../core/prices/rating.js';
import { type AnthropicAccount, createChargeMaker, type Line, type Names } from '../lines.js';
import { quantitiesOf } from '../schema.js';
import type { LegacyFacts } from './client.js';
import { whoOf } from './who.js';

/** Token types as the price table names them. Web searches are in the cost report, whatever the tier. */
const PRICED: Readonly<Record<string, TokenType>> = {
  uncached_input_tokens: 'uncached_input',
  'cache_creation.ephemeral_5m_input_tokens': 'cache_write_5m',
  'cache_creation.ephemeral_1h_input_tokens': 'cache_write_1h',
  cache_read_input_tokens: 'cache_read',
  output_tokens: 'output',
};
const LONG_CONTEXT_TOKENS = 200_000;

/**
 * Usage of the Priority Tier, which is paid by commitment and so in no cost report: it is handed to the price table,
 * which has a price for it only where somebody gave one, and names what it cannot price. On demand above the
 * commitment it may be in the cost report: then that is its money.
 */
export function toUnrated(
  facts: Pick<LegacyFacts, 'usage' | 'costs'> & Names,
  account: AnthropicAccount,
  asked: { readonly emails: ReadonlyMap<string, string | null>; readonly range: DayRange },
): readonly UnratedUsage[] {
  const make = createChargeMaker(facts, account);
  const billed = new Set(
    facts.costs.map((row) => JSON.stringify([row.day, row.workspace_id, row.service_tier])),
  );
  const { from, to } = asked.range;
  return facts.usage.flatMap((row): readonly UnratedUsage[] => {
    const { day, model, service_tier: tier } = row;
    if (readServiceTier(tier) !== 'priority' || model === null || day < from || day >= to) return [];
    if (billed.has(JSON.stringify([day, row.workspace_id, tier]))) return [];
    const { context_window: context, inference_geo: geo, speed } = row;
    return quantitiesOf(row).flatMap(([kind, amount]): readonly UnratedUsage[] => {
      const tokenType = PRICED[kind];
      if (tokenType === undefined || amount === 0) return [];
      const line: Line = {
        ...whoOf(row, asked.emails),
        day,
        currency: 'USD',
        billedCost: 0n,
        listCost: 0n,
        quantity: amount,
        workspaceId: row.workspace_id,
        model,
        serviceTier: tier,
        costType: 'tokens',
        tokenType: kind,
        contextWindow: context ?? null,
        inferenceGeo: geo ?? null,
        speed: speed ?? null,
        confidence: 'estimated',
      };
      const { set, kind: chargeKind, bill, chargeDay, consumedQuantity, pricingQuantity } = make(line);
      const thing = {
        provider: 'anthropic',
        model,
        tokenType,
        contextTier: context === '200k-1M' ? LONG_CONTEXT_TOKENS : 0,
        serviceTier: 'priority',
        geo: geo === 'us' ? 'us' : 'global',
        speed: speed ?? 'standard',
      } as const;
      const charge = { set, kind: chargeKind, bill, chargeDay, consumedQuantity, pricingQuantity };
      return [{ ...charge, account: account.billingAccountId, thing, units: BigInt(amount) }];
    });
  });
}
