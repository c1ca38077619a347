import type { Charge, ChargeKind, DimensionSet } from '../../core/charge.js';
import { utcDay } from '../../core/time.js';
import { createCache, createDailyCarries, createMonthlyBills } from '../charge-parts.js';
import type { AnthropicFacts } from './client.js';
import type { ApiKey, CostRow, Group, UsageRow, Workspace } from './schema.js';

/** Meter and FOCUS 1.5-draft token keys of each token type (focus.md 1.3). */
const TOKEN_METERS: Readonly<Record<string, { meter: string; direction: string; cache: string | null }>> = {
  uncached_input_tokens: { meter: 'Input Tokens', direction: 'Input', cache: 'Uncached' },
  'cache_creation.ephemeral_5m_input_tokens': {
    meter: 'Cache Write Input Tokens',
    direction: 'Input',
    cache: 'Write',
  },
  'cache_creation.ephemeral_1h_input_tokens': {
    meter: 'Cache Write Input Tokens',
    direction: 'Input',
    cache: 'Write',
  },
  cache_read_input_tokens: { meter: 'Cache Read Input Tokens', direction: 'Input', cache: 'Read' },
  output_tokens: { meter: 'Output Tokens', direction: 'Output', cache: null },
};
const OTHER_METERS: Readonly<Record<string, string>> = {
  web_search: 'Web Searches',
  code_execution: 'Code Execution',
  session_usage: 'Session Usage',
};
/** FOCUS wants one category per service name. */
const SERVICES = {
  api: { serviceName: 'Claude API', serviceCategory: 'AI and Machine Learning', sub: 'Generative AI' },
  code: { serviceName: 'Claude Code', serviceCategory: 'Developer Tools', sub: 'Development Environments' },
};
const SEPARATOR = '\u0000';

/** What charges are made from besides the rows. */
export interface AnthropicAccount {
  readonly source: string;
  readonly billingAccountId: string;
  readonly billingAccountName: string | null;
}

/**
 * Cost rows (cents, after discount, before credits) to charges at day grain, tokens joined from usage rows of the
 * same group. Pure. Rows of zero money and zero tokens are left out; usage without a cost row was free or blocked
 * and makes no charge. The order is the group's, not the answer's, so that rounding does not depend on paging.
 */
export function toCharges(
  facts: Pick<AnthropicFacts, 'costs' | 'usage' | 'apiKeys' | 'workspaces'>,
  account: AnthropicAccount,
): readonly Charge[] {
  const quantities = indexUsage(facts.usage);
  const carry = createDailyCarries();
  const billOf = createMonthlyBills({
    billingAccountId: account.billingAccountId,
    billingAccountName: account.billingAccountName,
    invoiceIssuerName: 'Anthropic',
  });
  const describe = createDescriber(facts, account);
  const rows = facts.costs
    .map((row) => ({
      row,
      key: [groupKey(row), row.group.token_type ?? row.group.cost_type].join(SEPARATOR),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return rows.flatMap(({ row, key }): Charge[] => {
    const day = utcDay(Date.parse(row.starting_at));
    const currency = row.cost.currency.toUpperCase();
    const billedCost = carry('billed', currency, day).add(row.cost.amount, -2);
    const listCost = carry('list', currency, day).add(row.cost.list_amount, -2);
    const quantity = takeQuantity(quantities, key);
    if (billedCost === 0n && listCost === 0n && (quantity ?? 0) === 0) return [];
    const { set, tokens, kind } = describe(row, key.slice(day.length), quantity !== null);
    return [
      {
        set,
        kind,
        bill: billOf(day, currency),
        chargeDay: day,
        billedCost,
        effectiveCost: billedCost,
        listCost,
        contractedCost: billedCost,
        consumedQuantity: quantity,
        pricingQuantity: quantity === null ? null : tokens ? quantity / 1_000_000 : quantity,
      },
    ];
  });
}

/** Day first, then every grouped dimension: the vendor's natural key. */
function groupKey(row: { starting_at: string; group: Group }): string {
  const { actor, api_key_id, workspace_id, model, service_tier } = row.group;
  const actorId = actor === null ? '' : `${actor.type}:${actorPrincipal(actor) ?? actor.api_key_id ?? ''}`;
  const day = utcDay(Date.parse(row.starting_at));
  return [day, actorId, api_key_id, workspace_id, model, service_tier].join(SEPARATOR);
}

function actorPrincipal(actor: NonNullable<Group['actor']>): string | null {
  return actor.user_id ?? actor.service_account_id ?? actor.subject ?? null;
}

function indexUsage(rows: readonly UsageRow[]): Map<string, number> {
  const quantities = new Map<string, number>();
  const add = (group: string, kind: string, amount: number) => {
    const key = group + SEPARATOR + kind;
    quantities.set(key, (quantities.get(key) ?? 0) + amount);
  };
  for (const row of rows) {
    const group = groupKey(row);
    const { usage } = row;
    const { ephemeral_5m_input_tokens, ephemeral_1h_input_tokens } = usage.cache_creation;
    add(group, 'uncached_input_tokens', usage.uncached_input_tokens);
    add(group, 'cache_creation.ephemeral_5m_input_tokens', ephemeral_5m_input_tokens);
    add(group, 'cache_creation.ephemeral_1h_input_tokens', ephemeral_1h_input_tokens);
    add(group, 'cache_read_input_tokens', usage.cache_read_input_tokens);
    add(group, 'output_tokens', usage.output_tokens);
    if (usage.server_tool_use) add(group, 'web_search', usage.server_tool_use.web_search_requests);
  }
  return quantities;
}

/** Takes a quantity out, so that no token is counted on two rows; null when the vendor measured none. */
function takeQuantity(quantities: Map<string, number>, key: string): number | null {
  const quantity = quantities.get(key);
  quantities.delete(key);
  return quantity ?? null;
}

interface Description {
  readonly set: DimensionSet;
  readonly kind: ChargeKind;
  readonly tokens: boolean;
}

/** Sets and kinds shared by all charges of one group, whatever the day. */
function createDescriber(
  facts: Pick<AnthropicFacts, 'apiKeys' | 'workspaces'>,
  account: AnthropicAccount,
): (row: CostRow, keyWithoutDay: string, measured: boolean) => Description {
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  const keyNames = new Map(facts.apiKeys.map((key) => [key.id, key]));
  const workspaces = new Map(facts.workspaces.map((workspace) => [workspace.id, workspace]));
  return (row, keyWithoutDay, measured) => {
    const workspace = workspaces.get(row.group.workspace_id ?? '');
    const service = serviceOf(workspace);
    const sku = skuOf(row);
    const set = sets(keyWithoutDay, () =>
      toSet(row, { account, workspace, service, sku, apiKey: keyNames.get(keyIdOf(row.group) ?? '') }),
    );
    const kind = kinds([service.sub, sku.id, measured].join(SEPARATOR), () =>
      toKind(row, service, sku, measured),
    );
    return { set, kind, tokens: row.group.token_type !== null };
  };
}

type Service = (typeof SERVICES)[keyof typeof SERVICES];

/**
 * `product` would be a sixth dimension, one more than the vendor groups by: Claude Code is known by the workspace of
 * that name, which the vendor makes for it by itself.
 */
function serviceOf(workspace: Workspace | undefined): Service {
  return workspace?.name === 'Claude Code' ? SERVICES.code : SERVICES.api;
}

interface Sku {
  readonly id: string;
  readonly meter: string;
}

function skuOf({ group }: CostRow): Sku {
  const what = group.token_type ?? group.cost_type ?? 'unknown';
  const meter = TOKEN_METERS[what]?.meter ?? OTHER_METERS[what] ?? what;
  return { id: [group.model ?? 'none', what, group.service_tier ?? 'none'].join('|'), meter };
}

/** The key of the row, or of the actor when the row names the key only there. */
function keyIdOf(group: Group): string | null {
  return group.api_key_id ?? group.actor?.api_key_id ?? null;
}

function toSet(
  { group }: CostRow,
  parts: {
    readonly account: AnthropicAccount;
    readonly workspace: Workspace | undefined;
    readonly service: Service;
    readonly sku: Sku;
    readonly apiKey: ApiKey | undefined;
  },
): DimensionSet {
  const { account, workspace, service, sku, apiKey } = parts;
  const { actor, model, workspace_id } = group;
  const apiKeyId = keyIdOf(group);
  const principalId = actor === null ? null : actorPrincipal(actor);
  const email = actor?.email_address?.toLowerCase() ?? null;
  const subAccountId = workspace_id ?? 'default';
  return {
    attributes: {
      serviceProviderName: 'Anthropic',
      publisherName: 'Anthropic',
      invoiceIssuerName: 'Anthropic',
      serviceName: service.serviceName,
      serviceCategory: service.serviceCategory,
      billingAccountId: account.billingAccountId,
      subAccountId,
      // Null is the default workspace; an id that no listing knows any more stands for itself.
      subAccountName: workspace?.name ?? workspace_id ?? 'Default',
      resourceId:
        apiKeyId === null
          ? `anthropic/account/${principalId ?? subAccountId}`
          : `anthropic/apikey/${apiKeyId}`,
      resourceType: apiKeyId === null ? 'Account' : 'API Key',
      skuId: sku.id,
      skuMeter: sku.meter,
      chargeCategory: 'Usage',
      source: account.source,
      ...(apiKeyId !== null && { apiKeyId }),
      ...(apiKey?.name && { apiKeyName: apiKey.name, resourceName: apiKey.name }),
      ...(principalId !== null && { principalId }),
      ...(email !== null && { email }),
      ...(model !== null && { model }),
    },
    tags: workspace?.tags ?? {},
  };
}

function toKind({ group }: CostRow, service: Service, sku: Sku, measured: boolean): ChargeKind {
  const token = TOKEN_METERS[group.token_type ?? ''];
  const isToken = group.token_type !== null;
  const details = {
    x_ModelDeveloper: 'Anthropic',
    ...(group.model !== null && { x_ModelId: group.model }),
    ...(token !== undefined && { x_TokenDirection: token.direction }),
    ...(token?.cache && { x_TokenCacheAction: token.cache }),
    ...(group.service_tier !== null && { x_ServiceTier: group.service_tier }),
  };
  const tier = group.service_tier === null ? '' : ` (${group.service_tier})`;
  return {
    chargeClass: null,
    chargeDescription: `${group.model ?? service.serviceName}: ${sku.meter}${tier}`,
    chargeFrequency: 'Usage-Based',
    // FOCUS 1.3: without a price of its own a row has no quantity and no pricing category either.
    pricingCategory: measured ? 'Standard' : null,
    pricingUnit: measured ? (isToken ? '1000000 Tokens' : 'Requests') : null,
    consumedUnit: measured ? (isToken ? 'Tokens' : 'Requests') : null,
    skuPriceId: measured ? sku.id : null,
    serviceSubcategory: service.sub,
    confidence: 'billed',
    extra: { HostProviderName: 'Anthropic', SkuPriceDetails: JSON.stringify(details) },
  };
}
