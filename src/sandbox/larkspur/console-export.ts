import Papa from 'papaparse';
import { formatNanos } from '../../core/base/money.js';
import { addDays, type Day, daysIn, parseDay } from '../../core/base/time.js';
import { ATTRIBUTES, type Charge } from '../../core/ledger/charge.js';
import { toCharges } from '../../providers/vendors/anthropic/focus.js';
import { CostRow, UsageRow } from '../../providers/vendors/anthropic/schema.js';
import { ATTRIBUTE_COLUMNS } from '../../providers/vendors/focus-file/schema.js';
import { COST_GROUPS, costRows, GROUPS, usageRows } from '../vendors/anthropic-groups.js';
import type { AnthropicDataset } from '../vendors/dataset.js';
import type { FocusFile } from './bills.js';
import type { Calendar } from './calendar.js';

/** The vendor's API answers for no day before this one, nor for more than a year back. */
const API_BEGINS = parseDay('2026-01-01');
const API_REACH_DAYS = 365;

function firstDayOfApi(today: Day): Day {
  const back = addDays(today, 1 - API_REACH_DAYS);
  return back > API_BEGINS ? back : API_BEGINS;
}

/**
 * What FinOps exported from Anthropic's Console before they had Apportion: the story's days that the API no longer
 * answers for, as a FOCUS file whose rows say the same of keys, people and models as the connector does. Null
 * when the API reaches back to the beginning.
 */
export function consoleExport(calendar: Calendar, dataset: AnthropicDataset): FocusFile | null {
  const days = daysIn({ from: calendar.start, to: firstDayOfApi(calendar.today) });
  if (days.length === 0) return null;
  const source = `anthropic-${calendar.start.slice(0, 4)}`;
  const { organizationId } = dataset;
  const charges = toCharges(factsOf(dataset, days), {
    source,
    billingAccountId: organizationId,
    billingAccountName: organizationId,
  });
  const text = `${Papa.unparse(charges.map(toRow), { newline: '\n' })}\n`;
  return { source, fileName: `${source}-focus.csv`, text };
}

/** The vendor's own answers, as if its API still gave them. */
function factsOf(dataset: AnthropicDataset, days: readonly Day[]): Parameters<typeof toCharges>[0] {
  const groups = new Set([...GROUPS, ...COST_GROUPS]);
  const answers = days.map((day) => {
    const usage = dataset.usage(day);
    const period = { starting_at: `${day}T00:00:00Z`, ending_at: `${addDays(day, 1)}T00:00:00Z` };
    return {
      costs: costRows(usage, groups, period).map((row) => CostRow.parse(JSON.parse(row))),
      usage: usageRows(usage, groups, period).map((row) => UsageRow.parse(JSON.parse(row))),
    };
  });
  return {
    costs: answers.flatMap(({ costs }) => costs),
    usage: answers.flatMap(({ usage }) => usage),
    apiKeys: dataset.apiKeys.map(({ id, name }) => ({ id, name })),
    workspaces: dataset.workspaces.map(({ id, name, tags }) => ({ id, name, tags })),
  };
}

function toRow(charge: Charge): Readonly<Record<string, string | number>> {
  const { set, kind, bill, chargeDay } = charge;
  const { attributes } = set;
  const cells = ATTRIBUTES.flatMap((name): [string, string][] =>
    name === 'source' || name === 'chargeCategory'
      ? []
      : [[ATTRIBUTE_COLUMNS[name][0] ?? name, attributes[name] ?? '']],
  );
  return {
    ...Object.fromEntries(cells),
    ...kind.extra,
    Tags: JSON.stringify(set.tags),
    BilledCost: formatNanos(charge.billedCost),
    EffectiveCost: formatNanos(charge.effectiveCost),
    ListCost: formatNanos(charge.listCost),
    ContractedCost: formatNanos(charge.contractedCost),
    BillingCurrency: bill.billingCurrency,
    BillingAccountName: bill.billingAccountName ?? '',
    BillingPeriodStart: `${bill.billingPeriodStart}T00:00:00Z`,
    BillingPeriodEnd: `${bill.billingPeriodEnd}T00:00:00Z`,
    ChargePeriodStart: `${chargeDay}T00:00:00Z`,
    ChargePeriodEnd: `${addDays(chargeDay, 1)}T00:00:00Z`,
    ChargeCategory: attributes.chargeCategory ?? '',
    ChargeDescription: kind.chargeDescription ?? '',
    ChargeFrequency: kind.chargeFrequency ?? '',
    ConsumedQuantity: charge.consumedQuantity ?? '',
    ConsumedUnit: kind.consumedUnit ?? '',
    PricingCategory: kind.pricingCategory ?? '',
    PricingQuantity: charge.pricingQuantity ?? '',
    PricingUnit: kind.pricingUnit ?? '',
    ServiceSubcategory: kind.serviceSubcategory ?? '',
    SkuPriceId: kind.skuPriceId ?? '',
  };
}
