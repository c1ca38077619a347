import type { Nanos } from '../../../core/base/money.js';
import type { Day } from '../../../core/base/time.js';
import type { Charge, ChargeKind, Confidence, DimensionSet } from '../../../core/ledger/charge.js';
import { createCache, createMonthlyBills } from '../../parts/charge-parts.js';
import type { ApiKey, Workspace } from './schema.js';
import { describeSku, SEPARATOR, type Service, type Sku, serviceOf, type What } from './vocabulary.js';

/** What charges are made from besides the rows. */
export interface AnthropicAccount {
  readonly source: string;
  readonly billingAccountId: string;
  readonly billingAccountName: string | null;
}

/** Who used what is charged; null where the vendor names nobody. */
export interface Who {
  readonly apiKeyId: string | null;
  readonly principalId: string | null;
  readonly email: string | null;
}

/** One amount of one day, whichever report it comes from. */
export interface Line extends Who, What {
  readonly day: Day;
  readonly currency: string;
  readonly billedCost: Nanos;
  readonly listCost: Nanos;
  /** Tokens, or requests where it is none; null when the vendor measured nothing. */
  readonly quantity: number | null;
  /** Null is the default workspace; absent where an organisation has none (Claude Enterprise). */
  readonly workspaceId?: string | null;
  /** The customer on whose behalf the caller asked (`user_profile_id`). */
  readonly customerId?: string | null;
  /** Names that a file gives where listings are not at hand. */
  readonly names?: { readonly apiKey: string | null; readonly workspace: string | null };
  /** What the account is called where no key is. */
  readonly resourceName?: string;
  readonly confidence: Confidence;
  /** Why nobody stands here; a line without it may still name nobody. */
  readonly unattributed?: string;
}

/** What listings say of keys and workspaces. */
export interface Names {
  readonly apiKeys: readonly Pick<ApiKey, 'id' | 'name'>[];
  readonly workspaces: readonly Pick<Workspace, 'id' | 'name' | 'tags'>[];
}

/** Turns lines into charges that share sets, kinds and bills. Effective is billed cost: Anthropic sells no terms. */
export function createChargeMaker(names: Names, account: AnthropicAccount): (line: Line) => Charge {
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  const keys = new Map(names.apiKeys.map((key) => [key.id, key]));
  const workspaces = new Map(names.workspaces.map((workspace) => [workspace.id, workspace]));
  const billOf = createMonthlyBills({
    billingAccountId: account.billingAccountId,
    billingAccountName: account.billingAccountName,
    invoiceIssuerName: 'Anthropic',
  });
  return (line) => {
    const workspace = workspaces.get(line.workspaceId ?? '');
    const workspaceName = workspace?.name ?? line.names?.workspace ?? null;
    const service = serviceOf(line.product ?? null, workspaceName);
    const sku = describeSku(line);
    const { apiKeyId, principalId, email, customerId, workspaceId, unattributed } = line;
    const place = { workspaceName, tags: workspace?.tags ?? {} };
    const keyName = keys.get(apiKeyId ?? '')?.name ?? line.names?.apiKey ?? null;
    const identity = [apiKeyId, keyName, principalId, email, customerId, workspaceId, workspaceName];
    const setKey = [...identity, unattributed, service.serviceName, sku.id, line.model].join(SEPARATOR);
    const set = sets(setKey, () => toSet(line, { account, place, keyName, service, sku }));
    const measured = line.quantity !== null;
    const kindKey = [service.serviceName, sku.id, JSON.stringify(sku.details), measured, line.confidence];
    const kind = kinds([...kindKey, unattributed].join(SEPARATOR), () => toKind(line, service, sku));
    return {
      set,
      kind,
      bill: billOf(line.day, line.currency),
      chargeDay: line.day,
      billedCost: line.billedCost,
      effectiveCost: line.billedCost,
      listCost: line.listCost,
      contractedCost: line.billedCost,
      consumedQuantity: line.quantity,
      pricingQuantity:
        line.quantity === null ? null : line.tokenType === null ? line.quantity : line.quantity / 1_000_000,
    };
  };
}

function toSet(
  line: Line,
  parts: {
    readonly account: AnthropicAccount;
    readonly place: {
      readonly workspaceName: string | null;
      readonly tags: Readonly<Record<string, string>>;
    };
    readonly keyName: string | null;
    readonly service: Service;
    readonly sku: Sku;
  },
): DimensionSet {
  const { account, place, keyName, service, sku } = parts;
  const { apiKeyId, principalId, email, model, customerId } = line;
  const hasKey = apiKeyId !== null || keyName !== null;
  // Null is the default workspace; an id that no listing knows any more stands for itself.
  const subAccountId =
    line.workspaceId === undefined && place.workspaceName === null
      ? null
      : (line.workspaceId ?? place.workspaceName ?? 'default');
  return {
    attributes: {
      serviceProviderName: 'Anthropic',
      publisherName: 'Anthropic',
      invoiceIssuerName: 'Anthropic',
      serviceName: service.serviceName,
      serviceCategory: service.serviceCategory,
      billingAccountId: account.billingAccountId,
      ...(subAccountId !== null && {
        subAccountId,
        subAccountName: place.workspaceName ?? line.workspaceId ?? 'Default',
      }),
      resourceId: resourceOf(line, keyName, subAccountId ?? account.billingAccountId),
      resourceType: hasKey ? 'API Key' : 'Account',
      skuId: sku.id,
      skuMeter: sku.meter,
      chargeCategory: 'Usage',
      source: account.source,
      ...(apiKeyId !== null && { apiKeyId }),
      ...(keyName && { apiKeyName: keyName, resourceName: keyName }),
      ...(line.resourceName && { resourceName: line.resourceName }),
      ...(principalId !== null && { principalId }),
      ...(email !== null && { email }),
      ...(model !== null && { model }),
      ...(customerId && { customerId }),
    },
    tags: place.tags,
  };
}

function resourceOf(
  { apiKeyId, principalId, unattributed }: Line,
  keyName: string | null,
  subAccountId: string,
): string {
  if (unattributed !== undefined) return `anthropic/unattributed/${subAccountId}`;
  if (apiKeyId !== null) return `anthropic/apikey/${apiKeyId}`;
  if (keyName !== null) return `anthropic/apikey-name/${subAccountId}/${keyName}`;
  return `anthropic/account/${principalId ?? subAccountId}`;
}

function toKind(line: Line, service: Service, sku: Sku): ChargeKind {
  const measured = line.quantity !== null;
  const unit = line.tokenType === null ? 'Requests' : 'Tokens';
  const tier = line.serviceTier === null ? '' : ` (${line.serviceTier})`;
  return {
    chargeClass: null,
    chargeDescription: `${line.model ?? service.serviceName}: ${sku.meter}${tier}`,
    chargeFrequency: 'Usage-Based',
    // FOCUS 1.3: without a price of its own a row has no quantity and no pricing category either.
    pricingCategory: measured ? 'Standard' : null,
    pricingUnit: measured ? (unit === 'Tokens' ? '1000000 Tokens' : unit) : null,
    consumedUnit: measured ? unit : null,
    skuPriceId: measured ? sku.id : null,
    serviceSubcategory: service.sub,
    confidence: line.confidence,
    extra: {
      HostProviderName: 'Anthropic',
      SkuPriceDetails: JSON.stringify(sku.details),
      ...(line.unattributed !== undefined && { x_UnattributedReason: line.unattributed }),
    },
  };
}
