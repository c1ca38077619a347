import {
  compareText,
  type Nanos,
  parseNanos,
  roundedQuotient,
  splitNanos,
  sumNanos,
  type Weight,
} from '../../../core/base/money.js';
import { type Day, firstDay, monthOf } from '../../../core/base/time.js';
import type { Charge, ChargeKind, DimensionSet } from '../../../core/ledger/charge.js';
import { aboveIncluded } from '../../../core/seats/money.js';
import { CODING } from '../../parts/bill-rows.js';
import { createCache, createDailyCarries, createMonthlyBills } from '../../parts/charge-parts.js';
import { addTo } from '../../parts/pull-parts.js';
import type { CopilotOptions } from './connection.js';
import type { BillRow, CopilotFacts, PremiumMonth, UserUse } from './facts.js';
import type { EmailOf } from './identities.js';
import type { RowContext } from './seats.js';
import { INCLUDED_USD, isCopilot, kindOfSku, normaliseSku, unitOf } from './sku.js';

/** The vendor's own attributes of everything that it bills. */
export const COPILOT = {
  serviceProviderName: 'GitHub',
  publisherName: 'GitHub',
  invoiceIssuerName: 'GitHub',
  serviceName: 'GitHub Copilot',
  serviceCategory: CODING.category,
} as const;

/** The key of what no user is known for. */
const NOBODY = '';
const SEPARATOR = '\u0000';

/** What usage is read with. */
export interface UsageContext {
  readonly source: string;
  /** The organisation or enterprise whose bill it is. */
  readonly account: string;
  readonly emailOf: EmailOf;
  readonly options: Pick<CopilotOptions, 'overage'>;
  /** The plan of each login's seat, for the credits that it brings. */
  readonly planOf: (login: string) => string | null;
  /** `seatId` of each login. */
  readonly seatOf: (login: string) => string | null;
}

/** The rows that are Copilot's, those of premium months as rows of their first day, in a stable order. */
export function copilotRows({ rows, premium }: Pick<CopilotFacts, 'rows' | 'premium'>): readonly BillRow[] {
  return [...rows, ...premium.flatMap(toRows)]
    .filter(({ product, sku }) => isCopilot(product, sku))
    .map((row) => ({ row, key: `${row.day}${SEPARATOR}${JSON.stringify(row)}` }))
    .toSorted((a, b) => compareText(a.key, b.key))
    .map(({ row }) => row);
}

function toRows({ month, items }: PremiumMonth): readonly BillRow[] {
  const day = firstDay(month);
  return items.map((item) => ({
    day,
    date: day,
    product: 'copilot',
    sku: item.sku,
    quantity: item.grossQuantity ?? 0,
    unitType: 'requests',
    grossAmount: item.grossAmount,
    netAmount: item.netAmount,
    organizationName: null,
    costCentre: null,
  }));
}

/** Bills, money and common attributes of rows; call `moneyOf` for the rows in order, once each. */
export function createRowContext({ source, account }: Pick<UsageContext, 'source' | 'account'>): RowContext {
  const carry = createDailyCarries();
  return {
    moneyOf: ({ day, netAmount, grossAmount }) => ({
      net: carry('net', 'USD', day).add(netAmount),
      gross: carry('gross', 'USD', day).add(grossAmount),
    }),
    billOf: createMonthlyBills({
      billingAccountId: account,
      billingAccountName: account,
      invoiceIssuerName: COPILOT.invoiceIssuerName,
    }),
    attributesOf: ({ sku, unitType, organizationName }) => ({
      ...COPILOT,
      billingAccountId: account,
      ...(organizationName && { subAccountId: organizationName, subAccountName: organizationName }),
      skuId: normaliseSku(sku),
      skuMeter: kindOfSku(normaliseSku(sku)) === 'seat' ? 'Seats' : unitOf(sku, unitType),
      source,
    }),
    tagsOf: ({ costCentre }): Readonly<Record<string, string>> =>
      costCentre === null ? {} : { costCentre: costCentre.name },
  };
}

/**
 * Charges of all rows but seats. What the pool covers costs nothing and stands in ListCost, by who used it that day;
 * what goes beyond it (the net amount) is billed, and borne by all who used credits in the month by what they used:
 * the vendor does not say whose use came after the pool was empty. What no user is known for stays without one.
 */
export function toUsageCharges(
  rows: readonly BillRow[],
  use: readonly UserUse[],
  context: UsageContext,
  row: RowContext,
): readonly Charge[] {
  const describe = createDescriber(context, row);
  const credits = rows.filter(({ sku }) => kindOfSku(normaliseSku(sku)) === 'credits');
  const weigh = createWeights(credits, use, context);
  return rows
    .filter(({ sku }) => kindOfSku(normaliseSku(sku)) !== 'seat')
    .flatMap((each): Charge[] => {
      const { net, gross } = row.moneyOf(each);
      const isPooled = kindOfSku(normaliseSku(each.sku)) === 'credits';
      const byDay = isPooled ? weigh.day(each, gross) : [];
      const byCycle = isPooled ? weigh.cycle(each) : [];
      const listed = splitNanos(gross, byDay) ?? new Map([[NOBODY, gross]]);
      const billed = splitNanos(net, byCycle) ?? new Map([[NOBODY, net]]);
      return [...new Set([...listed.keys(), ...billed.keys()])].flatMap((key): Charge[] => {
        const [cost, list] = [billed.get(key) ?? 0n, listed.get(key) ?? 0n];
        if (cost === 0n && list === 0n) return [];
        const share = gross === 0n ? 0 : Number(list) / Number(gross);
        const isSpread = key !== NOBODY && cost !== 0n;
        return [
          {
            ...describe(each, key, isSpread),
            bill: row.billOf(each.day, 'USD'),
            chargeDay: each.day,
            billedCost: cost,
            effectiveCost: cost,
            listCost: list,
            contractedCost: cost,
            consumedQuantity: each.quantity * share,
            pricingQuantity: each.quantity * share,
          },
        ];
      });
    });
}

interface Weights {
  /** By use on the row's day, with what nobody is known for; by the month's use where days are not known. */
  day(row: BillRow, gross: Nanos): readonly Weight[];
  /** By use in the row's month. */
  cycle(row: BillRow): readonly Weight[];
}

/** Rows of one pool: a month, an organisation, a cost centre. */
function keyOf({ day, organizationName, costCentre }: BillRow): string {
  return [monthOf(day), organizationName, costCentre?.id].join(SEPARATOR);
}

/** Keys are login and model. */
function createWeights(rows: readonly BillRow[], use: readonly UserUse[], context: UsageContext): Weights {
  const months = createCache<readonly Weight[]>();
  const uses = createCache<ReadonlyMap<Day | null, readonly UserUse[]>>();
  const useOf = (row: BillRow) => uses(keyOf(row), () => byDay(relevant(use, row)));
  const grossOf = new Map<string, Nanos>();
  for (const row of rows) addTo(grossOf, keyOf(row), parseNanos(row.grossAmount));
  const ofMonth = (row: BillRow) =>
    withNobody(toWeights([...useOf(row).values()].flat()), grossOf.get(keyOf(row)) ?? 0n);
  return {
    day(row, gross) {
      const days = useOf(row);
      const hasDays = [...days.keys()].some((day) => day !== null);
      return hasDays ? withNobody(toWeights(days.get(row.day) ?? []), gross) : ofMonth(row);
    },
    cycle: (row) =>
      months(keyOf(row), () =>
        context.options.overage === 'gross'
          ? ofMonth(row)
          : beyondShare(toWeights([...useOf(row).values()].flat()), context),
      ),
  };
}

function byDay(use: readonly UserUse[]): ReadonlyMap<Day | null, readonly UserUse[]> {
  const days = new Map<Day | null, UserUse[]>();
  for (const each of use) {
    const known = days.get(each.day);
    if (known === undefined) days.set(each.day, [each]);
    else known.push(each);
  }
  return days;
}

/** What of the gross amount no user is known for is nobody's, so that the others bear no more than their own. */
function withNobody(weights: readonly Weight[], gross: Nanos): readonly Weight[] {
  const known = sumNanos(weights.map(({ weight }) => weight));
  return gross > known ? [...weights, { id: NOBODY, weight: gross - known }] : weights;
}

/** Use of the row's month by those of its organisation and cost centre, as far as that is known. */
function relevant(use: readonly UserUse[], row: BillRow): readonly UserUse[] {
  const ofMonth = use.filter(({ month }) => month === monthOf(row.day));
  const organization = row.organizationName?.toLowerCase();
  const own = ofMonth.filter(
    (each) => !each.organization || !organization || each.organization.toLowerCase() === organization,
  );
  const ofOrganization = own.length === 0 ? ofMonth : own;
  const centre = row.costCentre;
  const users = new Set(centre?.members);
  const ofCentre = ofOrganization.filter(({ costCentre, login }) =>
    centre === null ? costCentre === null : costCentre === centre.name || users.has(login.toLowerCase()),
  );
  return ofCentre.length === 0 ? ofOrganization : ofCentre;
}

function toWeights(use: readonly UserUse[]): readonly Weight[] {
  const weights = new Map<string, bigint>();
  for (const { login, model, grossAmount } of use) {
    const key = `${login}${SEPARATOR}${model ?? ''}`;
    const gross = parseNanos(grossAmount);
    weights.set(key, (weights.get(key) ?? 0n) + (gross > 0n ? gross : 0n));
  }
  return [...weights].map(([id, weight]) => ({ id, weight })).toSorted((a, b) => compareText(a.id, b.id));
}

/** Only what each used beyond the credits of their own seat, model by model in proportion. */
function beyondShare(weights: readonly Weight[], { planOf }: UsageContext): readonly Weight[] {
  const byLogin = new Map<string, bigint>();
  for (const { id, weight } of weights) byLogin.set(loginOf(id), (byLogin.get(loginOf(id)) ?? 0n) + weight);
  const above = new Map<string, bigint>();
  for (const [login, weight] of byLogin) {
    const included = parseNanos(INCLUDED_USD[planOf(login) ?? 'business'] ?? '0');
    const [own] = weight > included ? aboveIncluded([{ id: login, weight }], included) : [];
    above.set(login, own?.weight ?? 0n);
  }
  if ([...above.values()].every((weight) => weight === 0n)) return weights;
  return weights.map(({ id, weight }) => {
    const whole = byLogin.get(loginOf(id)) ?? 0n;
    const part = above.get(loginOf(id)) ?? 0n;
    return { id, weight: whole === 0n ? 0n : roundedQuotient(weight * part, whole) };
  });
}

function loginOf(key: string): string {
  return key.slice(0, key.indexOf(SEPARATOR));
}

type Describe = (row: BillRow, key: string, isSpread: boolean) => Pick<Charge, 'set' | 'kind'>;

function createDescriber(context: UsageContext, row: RowContext): Describe {
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  return (each, key, isSpread) => {
    const attributes: DimensionSet['attributes'] = {
      ...row.attributesOf(each),
      chargeCategory: 'Usage',
      ...(key !== NOBODY && personOf(context, key)),
    };
    const tags = row.tagsOf(each);
    return {
      set: sets(JSON.stringify([attributes, tags]), () => ({ attributes, tags })),
      kind: kinds(`${each.sku}|${isSpread}`, () => usageKind(each, isSpread)),
    };
  };
}

function personOf(context: UsageContext, key: string): DimensionSet['attributes'] {
  const login = loginOf(key);
  const model = key.slice(login.length + 1);
  const [email, seatId] = [context.emailOf(login), context.seatOf(login)];
  return {
    principalId: login,
    ...(email !== null && { email }),
    ...(seatId !== null && { seatId }),
    ...(model !== '' && { model }),
  };
}

function usageKind({ sku, unitType }: BillRow, isSpread: boolean): ChargeKind {
  const unit = unitOf(sku, unitType);
  return {
    chargeClass: null,
    chargeDescription: normaliseSku(sku),
    chargeFrequency: 'Usage-Based',
    pricingCategory: 'Standard',
    pricingUnit: unit,
    consumedUnit: unit,
    skuPriceId: null,
    serviceSubcategory: CODING.subcategory,
    confidence: isSpread ? 'spread' : 'billed',
    extra: { x_IncludedValue: 'ListCost - BilledCost' },
  };
}
