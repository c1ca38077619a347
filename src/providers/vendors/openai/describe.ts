import type { ChargeKind, Confidence, DimensionSet } from '../../../core/ledger/charge.js';
import { createCache } from '../../parts/charge-parts.js';
import type { Who } from './cells.js';
import type { OpenAiFacts, ProjectKey } from './client.js';
import { parseLineItem, type Units } from './line-item.js';
import type { Project, User } from './schema.js';

const SEPARATOR = '\u0000';

/** What a row of charges is about, whatever its day and amount. */
export interface Described {
  readonly who: Who;
  readonly projectId: string | null;
  /** The vendor's free text; null for usage that no cost is for. */
  readonly lineItem: string | null;
  readonly model: string | null;
  readonly meter: string | null;
  readonly units: Units | null;
  readonly confidence: Confidence;
}

/** Whose bill it is; the source stands for an organisation that nobody has named. */
export interface OpenAiAccount {
  readonly source: string;
  readonly billingAccountId: string;
  readonly billingAccountName: string | null;
}

/** Sets and kinds shared by all charges of one description. */
export function createDescriber(
  facts: Pick<OpenAiFacts, 'projects' | 'apiKeys' | 'users'>,
  account: OpenAiAccount,
): (what: Described) => { readonly set: DimensionSet; readonly kind: ChargeKind } {
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  const projects = new Map(facts.projects.map((project) => [project.id, project]));
  const apiKeys = new Map(facts.apiKeys.map((key) => [key.id, key]));
  const users = new Map(facts.users.map((user) => [user.id, user]));
  return (what) => {
    const { who, projectId, lineItem, model, meter, units, confidence } = what;
    const parts = {
      account,
      project: projects.get(projectId ?? ''),
      apiKey: apiKeys.get(who.apiKeyId ?? ''),
      user: users.get(who.userId ?? ''),
    };
    const { apiKeyId, userId, apiSource, vectorStoreId } = who;
    const setKey = [projectId, apiKeyId, userId, lineItem, model, meter, apiSource, vectorStoreId];
    const kindKey = [lineItem, model, who.tier, units?.pricingUnit, confidence];
    return {
      set: sets(setKey.join(SEPARATOR), () => toSet(what, parts)),
      kind: kinds(kindKey.join(SEPARATOR), () => toKind(what)),
    };
  };
}

function toSet(
  { who, projectId, lineItem, model, meter }: Described,
  parts: {
    readonly account: OpenAiAccount;
    readonly project: Project | undefined;
    readonly apiKey: ProjectKey | undefined;
    readonly user: User | undefined;
  },
): DimensionSet {
  const { project, apiKey, user } = parts;
  const { source, billingAccountId } = parts.account;
  const { apiKeyId } = who;
  const owner = apiKey?.owner?.user ?? apiKey?.owner?.service_account ?? undefined;
  // A user's key acts as that user; a service account's key acts as nobody.
  const principalId = owner?.id ?? who.userId;
  const email = (owner === undefined ? user?.email : apiKey?.owner?.user?.email)?.toLowerCase();
  return {
    attributes: {
      serviceProviderName: 'OpenAI',
      publisherName: 'OpenAI',
      invoiceIssuerName: 'OpenAI',
      serviceName: 'OpenAI API',
      serviceCategory: 'AI and Machine Learning',
      billingAccountId,
      ...(projectId && { subAccountId: projectId, subAccountName: project?.name ?? projectId }),
      resourceId: apiKeyId ? `openai/apikey/${apiKeyId}` : `openai/account/${projectId || billingAccountId}`,
      resourceType: apiKeyId ? 'API Key' : 'Account',
      ...(lineItem && { skuId: lineItem }),
      ...(meter && { skuMeter: meter }),
      chargeCategory: 'Usage',
      source,
      ...(apiKeyId && { apiKeyId }),
      ...(apiKey?.name && { apiKeyName: apiKey.name, resourceName: apiKey.name }),
      ...(principalId && { principalId }),
      ...(email && { email }),
      ...(model && { model }),
    },
    tags: {
      ...(who.apiSource && { api_source: who.apiSource }),
      ...(who.vectorStoreId && { vector_store_id: who.vectorStoreId }),
    },
  };
}

function toKind({ who, lineItem, model, units, confidence }: Described): ChargeKind {
  const lineModel = lineItem ? parseLineItem(lineItem).model : model;
  const details = { x_ModelDeveloper: 'OpenAI', ...(lineModel !== null && { x_ModelId: lineModel }) };
  return {
    chargeClass: null,
    chargeDescription: lineItem,
    chargeFrequency: 'Usage-Based',
    // FOCUS 1.3: without a price of its own a row has no quantity and no pricing category either.
    pricingCategory: units === null ? null : 'Standard',
    pricingUnit: units?.pricingUnit ?? null,
    consumedUnit: units?.consumedUnit ?? null,
    skuPriceId: units === null ? null : lineItem,
    serviceSubcategory: 'Generative AI',
    confidence,
    extra: {
      HostProviderName: 'OpenAI',
      SkuPriceDetails: JSON.stringify(details),
      ...(who.tier !== null && { x_ServiceTier: who.tier }),
      ...(confidence === 'spread' && { x_SpreadBy: 'units; batch and flex at half weight' }),
      ...(confidence === 'estimated' && { x_NoCost: 'usage without cost: free, or not billed yet' }),
    },
  };
}
