import { assertNever } from '../base/errors.js';
import {
  absolute,
  formatNanos,
  type Nanos,
  roundedQuotient,
  sumNanos,
  withThousands,
} from '../base/money.js';
import type { Day } from '../base/time.js';
import type { KnownCause } from '../invoices/tie-out.js';
import type { PriceTable } from '../prices/table.js';
import {
  addDifferences,
  type CausedDifference,
  type GatewayCount,
  type GatewayDifference,
  gatewayDifference,
  type VendorCount,
  valueOf,
} from './difference.js';
import {
  addTokens,
  createModelReader,
  inputTokens,
  NO_TOKENS,
  type StoredUse,
  type TokenCounts,
} from './token-use.js';
import { BILLED_VENDORS, type BilledThing, readFacts, type TokenFact, VendorSum } from './vendor-use.js';

/** What a gateway says of a vendor's usage in some days against what a source of the ledger has of it. */
export interface GatewayFinding {
  /** The source of the records. */
  readonly gateway: string;
  /** The source of the charges. */
  readonly source: string;
  /** As bills name it. */
  readonly vendor: string;
  readonly models: readonly string[];
  readonly difference: GatewayDifference;
  readonly recorded: TokenCounts;
  readonly billed: TokenCounts;
  /** Whether some of the vendor's tokens had no money at this grain and stand at list price. */
  readonly isListed: boolean;
}

/** What both sides have of one day, model and key. */
interface Scope {
  readonly day: Day;
  readonly vendor: string;
  readonly model: string;
  /** Null: whatever key. */
  readonly key: string | null;
  readonly uses: StoredUse[];
  readonly sums: Map<string, VendorSum>;
}

/** Records and charges of the days that both sides have wholly. */
export interface GatewayBasis {
  /** Of one source. */
  readonly uses: readonly StoredUse[];
  readonly facts: readonly TokenFact[];
  readonly prices: PriceTable;
}

/**
 * Lays a gateway's records beside the bill: per day, model and (where the records know it) key, then added up by
 * vendor. Only what the gateway has an event of is compared: traffic of other keys and models does not pass it. Bills
 * in another currency than dollars are left out, since gateways count in dollars.
 */
export function gatewayFindings({ uses, facts, prices }: GatewayBasis): readonly GatewayFinding[] {
  const scopes = new Map<string, Scope>();
  const modelOf = createModelReader();
  for (const use of uses) {
    const { day, vendor, key } = use;
    const model = modelOf(use.model);
    const id = JSON.stringify([day, vendor, model, key]);
    const scope = scopes.get(id) ?? {
      day,
      vendor,
      model,
      key,
      uses: new Array<StoredUse>(),
      sums: new Map(),
    };
    scopes.set(id, scope);
    scope.uses.push(use);
  }
  const byCell = new Map<string, Scope[]>();
  for (const scope of scopes.values()) {
    const id = cellKey(scope);
    byCell.set(id, [...(byCell.get(id) ?? []), scope]);
  }
  for (const { fact, thing, tokenClass } of readFacts(facts)) {
    const scope = scopeOf(byCell.get(cellKey({ ...thing, day: fact.day })) ?? [], thing);
    if (scope === null || fact.currency !== 'USD') continue;
    const source = fact.set.attributes.source ?? '';
    const sum = scope.sums.get(source) ?? new VendorSum();
    scope.sums.set(source, sum);
    sum.add(tokenClass, fact);
  }
  return Object.entries(BILLED_VENDORS).flatMap(([name, vendor]) =>
    findingOf(
      [...scopes.values()].filter((scope) => scope.vendor === vendor),
      { vendor: name, facts, prices },
    ),
  );
}

function cellKey({
  day,
  vendor,
  model,
}: {
  readonly day: Day;
  readonly vendor: string;
  readonly model: string;
}): string {
  return JSON.stringify([day, vendor, model]);
}

/** Records that name the key go first; those that name none take the rest. */
function scopeOf(scopes: readonly Scope[], thing: BilledThing): Scope | null {
  return (
    scopes.find(({ key }) => key !== null && (key === thing.keyId || key === thing.keyName)) ??
    scopes.find(({ key }) => key === null) ??
    null
  );
}

function findingOf(
  scopes: readonly Scope[],
  {
    vendor,
    facts,
    prices,
  }: { readonly vendor: string; readonly facts: readonly TokenFact[]; readonly prices: PriceTable },
): readonly GatewayFinding[] {
  const source =
    mainSource(scopes) ??
    facts.find(({ set }) => set.attributes.serviceProviderName === vendor)?.set.attributes.source;
  const [first] = scopes;
  if (source === undefined || first === undefined) return [];
  const sums = scopes.map((scope) => ({ scope, ...vendorSide(scope, prices) }));
  const difference = addDifferences(
    sums.map(({ scope, count, unitPrices }) => gatewayDifference(countOf(scope.uses), count, unitPrices)),
  );
  return [
    {
      gateway: first.uses[0]?.source ?? '',
      source,
      vendor,
      models: [...new Set(scopes.map(({ model }) => model))].toSorted(),
      difference,
      recorded: scopes
        .flatMap(({ uses }) => uses)
        .reduce((sum, use) => addTokens(sum, use.tokens), NO_TOKENS),
      billed: sums.reduce((all, { count }) => addTokens(all, count.tokens), NO_TOKENS),
      isListed: sums.some(({ isListed }) => isListed),
    },
  ];
}

/** What the vendor has of a scope: billed, or at list price where it counts tokens but no money for them. */
function vendorSide(scope: Scope, prices: PriceTable) {
  const sum = joined([...scope.sums.values()]);
  const unitPrices = sum.unitPrices(scope, prices);
  const listed = sum.isUnbilled ? valueOf(sum.tokens, unitPrices) : null;
  const count: VendorCount = { requests: null, tokens: sum.tokens, cost: listed ?? sum.cost };
  return { count, unitPrices, isListed: listed !== null };
}

/** Where several sources bill the same vendor, the one with the most of this money. */
function mainSource(scopes: readonly Scope[]): string | undefined {
  const costs = new Map<string, Nanos>();
  for (const { sums } of scopes)
    for (const [source, sum] of sums) costs.set(source, (costs.get(source) ?? 0n) + sum.cost);
  return [...costs].toSorted(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1))[0]?.[0];
}

function joined(sums: readonly VendorSum[]): VendorSum {
  const all = new VendorSum();
  for (const sum of sums) all.join(sum);
  return all;
}

function countOf(uses: readonly StoredUse[]): GatewayCount {
  const isPriced = uses.every(({ ownCost, requests }) => ownCost !== null || requests === 0);
  return {
    requests: uses.reduce((sum, { requests }) => sum + requests, 0),
    tokens: uses.reduce((sum, use) => addTokens(sum, use.tokens), NO_TOKENS),
    repeated: {
      requests: uses.reduce((sum, { repeated }) => sum + repeated.requests, 0),
      tokens: uses.reduce((sum, { repeated }) => addTokens(sum, repeated.tokens), NO_TOKENS),
      cost: sumNanos(uses.map(({ repeated }) => repeated.cost)),
    },
    cost: isPriced ? sumNanos(uses.map(({ ownCost }) => ownCost ?? 0n)) : null,
  };
}

/** Below a millionth of a dollar either way it is rounding. */
const LEAST: Nanos = 1_000n;

/** The finding as causes of the tie-out: one sentence each, amounts that add up to the difference. */
export function describeFinding(finding: GatewayFinding): readonly Omit<KnownCause, 'kind'>[] {
  const { difference } = finding;
  if (difference.causes.every(({ amount }) => -LEAST < amount && amount < LEAST)) return [];
  const causes = difference.causes.filter(({ amount }) => amount !== 0n);
  const asked = `${formatNanos(difference.vendor)} USD`;
  const vendor = finding.isListed
    ? `${finding.vendor}'s usage comes to ${asked} ((its money is not reported at this grain: list price))`
    : `${finding.vendor} billed ${asked}`;
  const about = `${finding.gateway} says ${formatNanos(difference.gateway)} USD where ${vendor}: ${signed(difference.difference)} USD${percent(difference)}.`;
  return causes.map((cause, index) => ({
    amount: cause.amount,
    sentence: [...(index === 0 ? [about] : []), causeSentence(finding, cause)].join(' '),
  }));
}

function causeSentence(finding: GatewayFinding, { cause, units }: CausedDifference): string {
  const { gateway, vendor, models, recorded, billed } = finding;
  const [first = ''] = models;
  const named = models.length === 1 ? first : `${models.length} models`;
  const many = withThousands(absolute(units));
  const compare = (a: bigint, b: bigint) =>
    `${withThousands(a)} at ${gateway}, ${withThousands(b)} on the bill`;
  switch (cause) {
    case 'cached-tokens':
      return units >= 0n
        ? `Cause: cached tokens of ${named} (${compare(recorded.cache_read, billed.cache_read)}): ${many} were priced as uncached input or cache writes.`
        : `Cause: cached tokens of ${named} (${compare(recorded.cache_read, billed.cache_read)}): ${many} were taken for cache reads that ${vendor} did not grant.`;
    case 'output-tokens':
      return `Cause: output tokens of ${named} (${compare(recorded.output, billed.output)}).`;
    case 'input-tokens':
      return `Cause: input tokens of ${named} (${compare(inputTokens(recorded), inputTokens(billed))}).`;
    case 'requests':
      return units < 0n
        ? `Cause: requests missing: ${gateway} has no event for ${many} tokens of ${named} that ${vendor} billed.`
        : `Cause: requests that ${vendor} did not bill: ${many} tokens of ${named}.`;
    case 'counted-twice':
      return `Cause: counted twice: ${many} ${units === 1n ? 'request' : 'requests'} of ${named} are recorded more than once at ${gateway} (retries, duplicates).`;
    case 'price-list':
      return `Cause: price list: ${gateway} prices the same tokens of ${named} otherwise than ${vendor} did.`;
    case 'unknown':
      return `Cause: unknown: the token counts of ${named} do not explain it.`;
    default:
      return assertNever(cause);
  }
}

function signed(amount: Nanos): string {
  return `${amount > 0n ? '+' : ''}${formatNanos(amount)}`;
}

/** ` (+8.5 %)` of what was billed. */
function percent({ difference, vendor }: GatewayDifference): string {
  if (vendor <= 0n) return '';
  const tenths = roundedQuotient(difference * 1000n, vendor);
  const size = absolute(tenths);
  return ` (${tenths < 0n ? '-' : '+'}${size / 10n}.${size % 10n} %)`;
}
