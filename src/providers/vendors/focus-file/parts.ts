import { utcDay } from '../../../core/base/time.js';
import {
  ATTRIBUTES,
  type AttributeName,
  type Bill,
  type ChargeKind,
  type DimensionSet,
} from '../../../core/ledger/charge.js';
import { createCache } from '../../parts/charge-parts.js';
import { emailIn, type Place, refuseCell, toInstantMs, toTextMap, toValue } from './cells.js';
import type { Columns, ExtraColumn } from './columns.js';
import {
  ATTRIBUTE_COLUMNS,
  MODEL_KEYS,
  REQUESTER_COLUMNS,
  toChargeCategory,
  toChargeFrequency,
} from './schema.js';

type Cells = readonly string[];

/** The interned parts of a charge: rows that say the same share one object, by which the store interns them. */
export interface ChargeParts {
  set(cells: Cells, place: Place): DimensionSet;
  kind(cells: Cells, spread: boolean): ChargeKind;
  bill(cells: Cells, place: Place): Bill;
}

/** What the parts are made from; `note` takes remarks about what was left out. */
export interface PartsInput {
  readonly source: string;
  readonly columns: Columns;
  readonly extras: readonly ExtraColumn[];
  readonly note: (remark: string) => void;
  /** Takes every tag once a dimension set. */
  readonly onTag: (key: string, value: string) => void;
}

/** Parts for one file. Keys are the raw texts of the cells concerned: making one costs less than parsing them. */
export function createChargeParts(input: PartsInput): ChargeParts {
  const { columns, extras, note } = input;
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  const bills = createCache<Bill>();
  const readPerson = createReader(columns, REQUESTER_COLUMNS, emailIn);
  const readModel = createReader(columns, ['SkuPriceDetails'], modelIn);
  const setColumns = present(columns, [...Object.values(ATTRIBUTE_COLUMNS).flat(), 'ChargeCategory', 'Tags']);
  const kindColumns = [...present(columns, KIND_COLUMNS), ...extras.map(({ index }) => index)];
  const billColumns = present(columns, BILL_COLUMNS);
  return {
    set(cells, place) {
      const found = { email: readPerson(cells), model: readModel(cells) };
      const key = `${keyOf(cells, setColumns)}\u0001${found.email}\u0001${found.model}`;
      return sets(key, () => makeSet(input, cells, { place, found }));
    },
    kind(cells, spread) {
      return kinds(`${keyOf(cells, kindColumns)}\u0001${spread}`, () =>
        makeKind(cells, { columns, extras, note, spread }),
      );
    },
    bill(cells, place) {
      return bills(keyOf(cells, billColumns), () => makeBill(columns, cells, place));
    },
  };
}

const KIND_COLUMNS = [
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'PricingCategory',
  'PricingUnit',
  'ConsumedUnit',
  'SkuPriceId',
  'ServiceSubcategory',
];
const BILL_COLUMNS = [
  'BillingAccountId',
  'BillingAccountName',
  'BillingPeriodStart',
  'BillingPeriodEnd',
  'InvoiceId',
  'InvoiceIssuerName',
  ...ATTRIBUTE_COLUMNS.serviceProviderName,
  'BillingCurrency',
];

function present(columns: Columns, ids: readonly string[]): readonly number[] {
  return ids.map((id) => columns.indexOf(id)).filter((index) => index >= 0);
}

// Joined, not added up: that makes one flat string instead of a rope with a node per cell.
function keyOf(cells: Cells, indexes: readonly number[]): string {
  return indexes.map((index) => cells[index]).join('\u0001');
}

/** Reads something out of a JSON column, once per distinct text. */
function createReader(
  columns: Columns,
  ids: readonly string[],
  read: (text: string) => string | null,
): (cells: Cells) => string | null {
  const known = new Map<string, string | null>();
  if (present(columns, ids).length === 0) return () => null;
  return (cells) => {
    const text = columns.value(cells, ...ids);
    if (text === null) return null;
    let value = known.get(text);
    if (value === undefined) known.set(text, (value = read(text)));
    return value;
  };
}

function modelIn(details: string): string | null {
  const map = toTextMap(details);
  for (const key of MODEL_KEYS) if (map?.[key] !== undefined) return map[key];
  return null;
}

function makeSet(
  { source, columns, note, onTag }: PartsInput,
  cells: Cells,
  { place, found }: { place: Place; found: { email: string | null; model: string | null } },
): DimensionSet {
  const attributes: Partial<Record<AttributeName, string>> = { source };
  const put = (name: AttributeName, value: string | null): void => {
    if (value !== null) attributes[name] = value.normalize('NFC');
  };
  for (const { name, ids } of ATTRIBUTE_ENTRIES) put(name, columns.value(cells, ...ids));
  put('email', attributes.email?.toLowerCase() ?? found.email);
  put('model', attributes.model ?? found.model);
  const category = columns.value(cells, 'ChargeCategory') ?? '';
  put('chargeCategory', toChargeCategory(category) ?? refuseCell(place, 'ChargeCategory', NO_CATEGORY));
  const tagText = columns.value(cells, 'Tags');
  const tags = tagText === null ? {} : toTextMap(tagText);
  if (tags === null) note('Tags that are no JSON object were left out');
  const named = Object.entries(tags ?? {}).map(([key, value]) => [key, value.normalize('NFC')] as const);
  for (const [key, value] of named) onTag(key, value);
  return { attributes, tags: Object.fromEntries(named) };
}

const NO_CATEGORY = 'must be Usage, Purchase, Tax, Credit or Adjustment.';
const ATTRIBUTE_ENTRIES = ATTRIBUTES.flatMap((name) =>
  name === 'source' || name === 'chargeCategory' ? [] : [{ name, ids: ATTRIBUTE_COLUMNS[name] }],
);

function makeKind(
  cells: Cells,
  { columns, extras, note, spread }: Omit<PartsInput, 'source' | 'onTag'> & { spread: boolean },
): ChargeKind {
  const value = (id: string): string | null => columns.value(cells, id);
  const frequency = value('ChargeFrequency');
  const chargeFrequency = frequency === null ? null : toChargeFrequency(frequency);
  if (frequency !== null && chargeFrequency === null)
    note(`ChargeFrequency "${frequency}" is unknown to FOCUS`);
  const chargeClass = value('ChargeClass');
  const correction = chargeClass?.toLowerCase() === 'correction';
  if (chargeClass !== null && !correction) note(`ChargeClass "${chargeClass}" is unknown to FOCUS`);
  const extra: Record<string, string> = {};
  for (const { name, index } of extras) {
    const text = toValue(cells[index]);
    if (text !== null) extra[name] = text;
  }
  return {
    chargeClass: correction ? 'Correction' : null,
    chargeDescription: value('ChargeDescription'),
    chargeFrequency,
    pricingCategory: value('PricingCategory'),
    pricingUnit: value('PricingUnit'),
    consumedUnit: value('ConsumedUnit'),
    skuPriceId: value('SkuPriceId'),
    serviceSubcategory: value('ServiceSubcategory'),
    confidence: spread ? 'spread' : 'billed',
    extra,
  };
}

function makeBill(columns: Columns, cells: Cells, place: Place): Bill {
  const required = (id: string): string => columns.value(cells, id) ?? refuseCell(place, id, 'is empty.');
  const day = (id: string) => {
    const text = required(id);
    const instant = toInstantMs(text);
    return instant === null ? refuseCell(place, id, `"${text}" is not a date.`) : utcDay(instant);
  };
  const billingCurrency = required('BillingCurrency').toUpperCase();
  if (!/^[A-Z]{3}$/.test(billingCurrency)) {
    refuseCell(place, 'BillingCurrency', `"${billingCurrency}" is not an ISO 4217 code like USD.`);
  }
  const issuer = columns.value(cells, 'InvoiceIssuerName', ...ATTRIBUTE_COLUMNS.serviceProviderName);
  return {
    billingAccountId: required('BillingAccountId'),
    billingAccountName: columns.value(cells, 'BillingAccountName'),
    billingPeriodStart: day('BillingPeriodStart'),
    billingPeriodEnd: day('BillingPeriodEnd'),
    invoiceId: columns.value(cells, 'InvoiceId'),
    invoiceIssuerName: issuer ?? refuseCell(place, 'InvoiceIssuerName', 'is empty.'),
    billingCurrency,
  };
}
