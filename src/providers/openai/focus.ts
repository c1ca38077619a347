import type { Charge, ChargeKind, DimensionSet } from '../../core/charge.js';
import { createCache, createDailyCarries, createMonthlyBills } from '../charge-parts.js';
import type { Dated, OpenAiFacts, ProjectKey } from './client.js';
import type { CostResult, Project } from './schema.js';

const SEPARATOR = '\u0000';

/** Kinds of a line item, in FOCUS words; keys are written with spaces and without "tokens". */
const METERS: Readonly<Record<string, string>> = {
  input: 'Input Tokens',
  'cached input': 'Cache Read Input Tokens',
  'input cached': 'Cache Read Input Tokens',
  'cache write input': 'Cache Write Input Tokens',
  'input cache write': 'Cache Write Input Tokens',
  output: 'Output Tokens',
};

/** Vendor unit -> FOCUS units; `scale` turns the vendor's quantity into the consumed one. */
interface Units {
  readonly consumedUnit: string;
  readonly pricingUnit: string;
  readonly scale: number;
  readonly pricedIn: number;
}
const TOKENS: Units = {
  consumedUnit: 'Tokens',
  pricingUnit: '1000000 Tokens',
  scale: 1,
  pricedIn: 1_000_000,
};
const UNITS: Readonly<Record<string, Units>> = {
  tokens: TOKENS,
  '1000_tokens': { ...TOKENS, scale: 1000 },
  gibibyte_hours: sameUnit('GiB-Hours'),
  images: sameUnit('Images'),
  characters: sameUnit('Characters'),
  duration_seconds: sameUnit('Seconds'),
  duration_minutes: sameUnit('Minutes'),
  duration_hours: sameUnit('Hours'),
};

function sameUnit(unit: string): Units {
  return { consumedUnit: unit, pricingUnit: unit, scale: 1, pricedIn: 1 };
}

/**
 * Cost results by (project, line item, key) in dollars to charges at day grain. Pure. The vendor has no list price
 * here, so all four costs are the billed one. Results of zero money and zero quantity are left out. Sorted by
 * group, so that rounding does not depend on paging.
 */
export function toCharges(
  facts: Pick<OpenAiFacts, 'costs' | 'projects' | 'apiKeys'>,
  source: string,
): readonly Charge[] {
  const carry = createDailyCarries();
  // No endpoint names the organisation, so the configured source stands for the account.
  const billOf = createMonthlyBills({
    billingAccountId: source,
    billingAccountName: null,
    invoiceIssuerName: 'OpenAI',
  });
  const describe = createDescriber(facts, source);
  const rows = facts.costs
    .map((row) => ({
      row,
      key: [row.day, row.project_id, row.api_key_id, row.line_item, row.quantity_unit].join(SEPARATOR),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return rows.flatMap(({ row, key }): Charge[] => {
    const currency = row.amount.currency.toUpperCase();
    const cost = carry('billed', currency, row.day).add(row.amount.value);
    const units = unitsOf(row);
    const consumed = units === null ? null : (row.quantity ?? 0) * units.scale;
    if (cost === 0n && (consumed ?? 0) === 0) return [];
    return [
      {
        ...describe(row, key.slice(row.day.length)),
        bill: billOf(row.day, currency),
        chargeDay: row.day,
        billedCost: cost,
        effectiveCost: cost,
        listCost: cost,
        contractedCost: cost,
        consumedQuantity: consumed,
        pricingQuantity: units === null || consumed === null ? null : consumed / units.pricedIn,
      },
    ];
  });
}

function unitsOf({ quantity, quantity_unit: unit }: CostResult): Units | null {
  if (quantity === null || quantity === undefined || !unit) return null;
  return UNITS[unit] ?? sameUnit(capitalise(unit.replaceAll('_', ' ')));
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "gpt-6-sol, cached_input_tokens" -> model and meter; a line item of any other form is a meter without a model. */
export function parseLineItem(lineItem: string): { readonly model: string | null; readonly meter: string } {
  const comma = lineItem.lastIndexOf(',');
  const model = lineItem.slice(0, Math.max(comma, 0)).trim();
  const kind = lineItem.slice(comma + 1).trim();
  if (model === '' || kind === '') return { model: null, meter: lineItem };
  const plain = kind
    .toLowerCase()
    .replaceAll(/[_\s]+/g, ' ')
    .replace(/ tokens$/, '');
  return { model, meter: METERS[plain] ?? kind };
}

/** Sets and kinds shared by all charges of one group, whatever the day. */
function createDescriber(
  facts: Pick<OpenAiFacts, 'projects' | 'apiKeys'>,
  source: string,
): (row: Dated<CostResult>, keyWithoutDay: string) => Pick<Charge, 'set' | 'kind'> {
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  const projects = new Map(facts.projects.map((project) => [project.id, project]));
  const apiKeys = new Map(facts.apiKeys.map((key) => [key.id, key]));
  return (row, keyWithoutDay) => {
    const units = unitsOf(row);
    const project = projects.get(row.project_id ?? '');
    const apiKey = apiKeys.get(row.api_key_id ?? '');
    return {
      set: sets(keyWithoutDay, () => toSet(row, { source, project, apiKey })),
      kind: kinds([row.line_item, units?.pricingUnit].join(SEPARATOR), () => toKind(row, units)),
    };
  };
}

function toSet(
  row: CostResult,
  parts: {
    readonly source: string;
    readonly project: Project | undefined;
    readonly apiKey: ProjectKey | undefined;
  },
): DimensionSet {
  const { source, project, apiKey } = parts;
  const { project_id: projectId, api_key_id: apiKeyId, line_item: lineItem } = row;
  const sku = lineItem ? parseLineItem(lineItem) : null;
  const owner = apiKey?.owner?.user ?? apiKey?.owner?.service_account;
  // A user's key acts as that user; a service account's key acts as nobody.
  const email = apiKey?.owner?.user?.email?.toLowerCase();
  return {
    attributes: {
      serviceProviderName: 'OpenAI',
      publisherName: 'OpenAI',
      invoiceIssuerName: 'OpenAI',
      serviceName: 'OpenAI API',
      serviceCategory: 'AI and Machine Learning',
      billingAccountId: source,
      ...(projectId && { subAccountId: projectId, subAccountName: project?.name ?? projectId }),
      resourceId: apiKeyId ? `openai/apikey/${apiKeyId}` : `openai/account/${projectId ?? source}`,
      resourceType: apiKeyId ? 'API Key' : 'Account',
      ...(lineItem && { skuId: lineItem }),
      ...(sku !== null && { skuMeter: sku.meter }),
      chargeCategory: 'Usage',
      source,
      ...(apiKeyId && { apiKeyId }),
      ...(apiKey?.name && { apiKeyName: apiKey.name, resourceName: apiKey.name }),
      ...(owner && { principalId: owner.id }),
      ...(email && { email }),
      ...(sku?.model && { model: sku.model }),
    },
    tags: {},
  };
}

function toKind(row: CostResult, units: Units | null): ChargeKind {
  const model = row.line_item ? parseLineItem(row.line_item).model : null;
  const details = { x_ModelDeveloper: 'OpenAI', ...(model !== null && { x_ModelId: model }) };
  return {
    chargeClass: null,
    chargeDescription: row.line_item ?? null,
    chargeFrequency: 'Usage-Based',
    // FOCUS 1.3: without a price of its own a row has no quantity and no pricing category either.
    pricingCategory: units === null ? null : 'Standard',
    pricingUnit: units?.pricingUnit ?? null,
    consumedUnit: units?.consumedUnit ?? null,
    skuPriceId: units === null ? null : (row.line_item ?? null),
    serviceSubcategory: 'Generative AI',
    confidence: 'billed',
    extra: { HostProviderName: 'OpenAI', SkuPriceDetails: JSON.stringify(details) },
  };
}
