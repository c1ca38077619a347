import { compareText } from '../../../core/base/money.js';
import { utcDay } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import { createDailyCarries } from '../../parts/charge-parts.js';
import { actorPrincipal, cellKey, type DetailedLine, groupKey, lineKind } from './cells.js';
import type { AnthropicFacts } from './client.js';
import { refine } from './details.js';
import { type AnthropicAccount, createChargeMaker, type Line } from './lines.js';
import { quantitiesOf, type UsageRow } from './schema.js';
import { SEPARATOR } from './vocabulary.js';

/**
 * Cost rows (cents, after discount, before credits) to charges at day grain, tokens joined from usage rows of the
 * same group. Pure. Rows of zero money and zero tokens are left out; usage without a
 * cost row was free or blocked and makes no charge. The order is the group's, not the answer's, so that rounding
 * does not depend on paging.
 */
export function toCharges(
  facts: Pick<AnthropicFacts, 'costs' | 'usage' | 'apiKeys' | 'workspaces'>,
  account: AnthropicAccount,
): readonly Charge[] {
  return toDetailedCharges({ ...facts, details: [] }, account).charges;
}

/** The same with further dimensions told; remarks say of how much money they could not be. */
export function toDetailedCharges(
  facts: Pick<AnthropicFacts, 'costs' | 'usage' | 'apiKeys' | 'workspaces' | 'details'>,
  account: AnthropicAccount,
): { readonly charges: readonly Charge[]; readonly remarks: readonly string[] } {
  const { lines, remarks } = refine(toLines(facts), facts.details);
  return { charges: lines.map(createChargeMaker(facts, account)), remarks };
}

function toLines(facts: Pick<AnthropicFacts, 'costs' | 'usage'>): readonly DetailedLine[] {
  const quantities = indexUsage(facts.usage ?? []);
  const carry = createDailyCarries();
  const rows = facts.costs
    .map((row) => ({ row, key: [groupKey(row), lineKind(row)].join(SEPARATOR) }))
    .toSorted((a, b) => compareText(a.key, b.key));
  return rows.flatMap(({ row, key }): DetailedLine[] => {
    const day = utcDay(Date.parse(row.starting_at));
    const { group } = row;
    const currency = row.cost.currency.toUpperCase();
    const billedCost = carry('billed', currency, day).add(row.cost.amount, -2);
    const listCost = carry('list', currency, day).add(row.cost.list_amount, -2);
    const quantity = takeQuantity(quantities, key);
    if (billedCost === 0n && listCost === 0n && (quantity ?? 0) === 0) return [];
    const line: Line = {
      day,
      currency,
      billedCost,
      listCost,
      quantity,
      workspaceId: group.workspace_id,
      // The key of the row, or of the actor when the row names the key only there.
      apiKeyId: group.api_key_id ?? group.actor?.api_key_id ?? null,
      principalId: group.actor === null ? null : actorPrincipal(group.actor),
      email: group.actor?.email_address?.toLowerCase() ?? null,
      model: group.model,
      serviceTier: group.service_tier,
      costType: group.cost_type,
      tokenType: group.token_type,
      confidence: 'billed',
    };
    return [{ cell: [cellKey(row), lineKind(row)].join(SEPARATOR), line }];
  });
}

function indexUsage(rows: readonly UsageRow[]): Map<string, number> {
  const quantities = new Map<string, number>();
  for (const row of rows) {
    const group = groupKey(row);
    for (const [kind, amount] of quantitiesOf(row.usage)) {
      const key = group + SEPARATOR + kind;
      quantities.set(key, (quantities.get(key) ?? 0) + amount);
    }
  }
  return quantities;
}

/** Takes a quantity out, so that no token is counted on two rows; null when the vendor measured none. */
function takeQuantity(quantities: Map<string, number>, key: string): number | null {
  const quantity = quantities.get(key);
  quantities.delete(key);
  return quantity ?? null;
}
