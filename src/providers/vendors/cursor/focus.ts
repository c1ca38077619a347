import { compareText } from '../../../core/base/money.js';
import { type Day, utcDay } from '../../../core/base/time.js';
import type { Bill, Charge, ChargeKind, DimensionSet } from '../../../core/ledger/charge.js';
import type { UnratedUsage } from '../../../core/prices/rating.js';
import { CODING } from '../../parts/bill-rows.js';
import { createCache, createDailyCarries } from '../../parts/charge-parts.js';
import type { Cycles } from './cycles.js';
import { type People, toEmail } from './people.js';
import type { UsageEvent } from './schema.js';
import { isOwnKey, pricedTokens } from './tokens.js';

/** How an event is paid: on demand, by the seat, or not at all. */
export type Payment = 'billed' | 'included' | 'free';

/** What events are read with. */
export interface EventContext {
  readonly source: string;
  readonly cycles: Pick<Cycles, 'at'>;
  readonly people: Pick<People, 'byEmail' | 'groupOn'>;
}

/** Events as charges. */
export interface EventCharges {
  readonly charges: readonly Charge[];
  /** Events on demand that used tokens and were charged nothing: the vendor hides the money (docs/vendors.md#cursor). */
  readonly unrated: readonly UnratedUsage[];
  /** How many events those are, and on which days. */
  readonly hidden: { readonly events: number; readonly days: ReadonlySet<Day> };
  /** Kinds that are neither on demand, included nor free, with money on them. */
  readonly unknownKinds: ReadonlySet<string>;
}

/** The vendor's own attributes of everything that it bills. */
export const CURSOR = {
  serviceProviderName: 'Cursor',
  publisherName: 'Cursor',
  invoiceIssuerName: 'Cursor',
  serviceName: 'Cursor',
  serviceCategory: CODING.category,
} as const;

const SEPARATOR = '\u0000';
const KNOWN_KIND = /usage.?based|on.?demand|included|free|no charge|not charged|api.?key|byok/i;

/** Billed is what is on demand and chargeable; the amount of anything else is nominal. */
export function paymentOf({ kind, isChargeable }: Pick<UsageEvent, 'kind' | 'isChargeable'>): Payment {
  if (/included/i.test(kind)) return 'included';
  if (/free|no charge|not charged/i.test(kind)) return 'free';
  if (isChargeable === false) return 'included';
  return isChargeable === true || /usage.?based|on.?demand/i.test(kind) ? 'billed' : 'included';
}

/**
 * Events to charges by day, bill, who, model and payment. Events have no id: two that are alike in everything are two
 * events. Included ones cost nothing beyond the seat: BilledCost 0, their nominal value is the ListCost. Pure;
 * the order of the pages does not matter.
 */
export function toEventCharges(events: readonly UsageEvent[], context: EventContext): EventCharges {
  const carry = createDailyCarries();
  const describe = createDescriber(context);
  const hiddenDays = new Set<Day>();
  const groups = new Map<string, { described: Described; sums: Sums; first: UsageEvent }>();
  const hidden: UsageEvent[] = [];
  const unknownKinds = new Set<string>();
  for (const event of inOrder(events)) {
    const payment = paymentOf(event);
    const day = utcDay(event.timestamp);
    if (isHidden(event)) {
      hidden.push(event);
      hiddenDays.add(day);
      continue;
    }
    const described = describe(event, day, payment);
    const group = groups.get(described.key) ?? { described, sums: { nanos: 0n, tokens: 0 }, first: event };
    groups.set(described.key, group);
    const column = `${payment}|${described.bill.billingPeriodStart}`;
    const nanos = carry(column, 'USD', day).add(event.chargedCents ?? '0', -2);
    if (nanos !== 0n && !KNOWN_KIND.test(event.kind)) unknownKinds.add(event.kind);
    group.sums.nanos += nanos;
    group.sums.tokens += tokensOf(event);
  }
  return {
    charges: [...groups.values()].flatMap(({ described, sums }) => toCharge(described, sums)),
    unrated: toUnrated(hidden, describe),
    hidden: { events: hidden.length, days: hiddenDays },
    unknownKinds,
  };
}

interface Sums {
  nanos: bigint;
  tokens: number;
}

interface Described extends Pick<Charge, 'set' | 'kind' | 'bill' | 'chargeDay'> {
  readonly key: string;
  readonly payment: Payment;
}

/** By time, then by all else: whatever the pages were. */
function inOrder(events: readonly UsageEvent[]): readonly UsageEvent[] {
  return events
    .map((event) => ({ event, text: JSON.stringify(event) }))
    .toSorted((a, b) => a.event.timestamp - b.event.timestamp || compareText(a.text, b.text))
    .map(({ event }) => event);
}

function tokensOf({ tokenUsage }: UsageEvent): number {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = tokenUsage ?? {};
  return (inputTokens ?? 0) + (outputTokens ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
}

function isHidden(event: UsageEvent): boolean {
  if (isOwnKey(event)) return false;
  return paymentOf(event) === 'billed' && Number(event.chargedCents ?? '0') === 0 && tokensOf(event) > 0;
}

function toCharge({ payment, set, kind, bill, chargeDay }: Described, { nanos, tokens }: Sums): Charge[] {
  if (nanos === 0n && tokens === 0) return [];
  const cost = payment === 'billed' ? nanos : 0n;
  return [
    {
      set,
      kind,
      bill,
      chargeDay,
      billedCost: cost,
      effectiveCost: cost,
      listCost: payment === 'free' ? 0n : nanos,
      contractedCost: cost,
      consumedQuantity: tokens,
      pricingQuantity: null,
    },
  ];
}

type Describe = (event: UsageEvent, day: Day, payment: Payment) => Described;

function createDescriber({ source, cycles, people }: EventContext): Describe {
  const bills = createCache<Bill>();
  const sets = createCache<DimensionSet>();
  const kinds = createCache<ChargeKind>();
  return (event, day, payment) => {
    const email = toEmail(event.userEmail);
    const { fromMs, from, to } = cycles.at(event.timestamp);
    const group = email === null ? null : people.groupOn(email, day);
    const member = email === null || event.serviceAccountId ? null : people.byEmail(email);
    const attributes: DimensionSet['attributes'] = {
      ...CURSOR,
      billingAccountId: source,
      ...(group !== null && { subAccountId: group.id, subAccountName: group.name }),
      ...resourceOf(event),
      ...(event.model && { model: event.model, skuId: event.model }),
      skuMeter: 'Tokens',
      chargeCategory: 'Usage',
      source,
      ...(email !== null && { email }),
      ...principalOf(event, member?.memberId ?? null),
    };
    const key = JSON.stringify([attributes, payment]);
    return {
      key: [day, fromMs, key].join(SEPARATOR),
      payment,
      set: sets(key, () => ({ attributes, tags: {} })),
      kind: kinds(payment, () => toKind(payment)),
      bill: bills(String(fromMs), () => ({
        billingAccountId: source,
        billingAccountName: null,
        billingPeriodStart: from,
        billingPeriodEnd: to,
        invoiceId: null,
        invoiceIssuerName: CURSOR.invoiceIssuerName,
        billingCurrency: 'USD',
      })),
      chargeDay: day,
    };
  };
}

/** What ran, when it was not a person's editor. Cloud agents have an id a run: too many to attribute by. */
function resourceOf(event: UsageEvent): DimensionSet['attributes'] {
  const { automationId, cloudAgentId, model, kind } = event;
  if (automationId) return { resourceId: `cursor/automation/${automationId}`, resourceType: 'Automation' };
  if (cloudAgentId) return { resourceId: 'cursor/cloud-agents', resourceType: 'Cloud Agent' };
  if (/bugbot/i.test(`${model ?? ''} ${kind}`))
    return { resourceId: 'cursor/bugbot', resourceType: 'Bugbot' };
  return {};
}

function principalOf(event: UsageEvent, memberId: string | null): DimensionSet['attributes'] {
  const { serviceAccountId, serviceAccountName } = event;
  if (serviceAccountId)
    return {
      principalId: serviceAccountId,
      ...(serviceAccountName && { resourceName: serviceAccountName }),
    };
  return memberId === null ? {} : { principalId: memberId, seatId: memberId };
}

const DESCRIPTIONS: Readonly<Record<Payment, string>> = {
  billed: 'On-demand usage',
  included: 'Usage included in the seat',
  free: 'Usage not charged',
};

function toKind(payment: Payment): ChargeKind {
  return {
    chargeClass: null,
    chargeDescription: DESCRIPTIONS[payment],
    chargeFrequency: 'Usage-Based',
    pricingCategory: null,
    pricingUnit: null,
    consumedUnit: 'Tokens',
    skuPriceId: null,
    serviceSubcategory: CODING.subcategory,
    confidence: 'billed',
    extra: payment === 'included' ? { x_IncludedValue: 'ListCost' } : {},
  };
}

function toUnrated(events: readonly UsageEvent[], describe: Describe): readonly UnratedUsage[] {
  const rows = new Map<string, UnratedUsage>();
  for (const event of events) {
    const day = utcDay(event.timestamp);
    const { key, set, kind, bill, chargeDay } = describe(event, day, 'billed');
    for (const { thing, tokens } of pricedTokens(event)) {
      const rowKey = `${key}${SEPARATOR}${thing.tokenType}`;
      const units = (rows.get(rowKey)?.units ?? 0n) + BigInt(tokens);
      rows.set(rowKey, {
        set,
        kind,
        bill,
        chargeDay,
        account: `${bill.billingAccountId}|zero-dollar`,
        thing,
        units,
        consumedQuantity: Number(units),
        pricingQuantity: null,
      });
    }
  }
  return [...rows.values()];
}
