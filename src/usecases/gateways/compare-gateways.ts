import { type Day, type DayRange, type Month, monthRange, monthsIn } from '../../core/base/time.js';
import { describeFinding, type GatewayFinding, gatewayFindings } from '../../core/gateways/findings.js';
import { BILLED_VENDORS } from '../../core/gateways/vendor-use.js';
import type { PriceTable } from '../../core/prices/table.js';
import type { Context } from '../context.js';

/**
 * Lays what gateways recorded beside what their vendors billed, month by month of a range, and keeps the differences
 * with their causes for the tie-out of the vendors' invoices. Only days that both feeds have wholly are compared. It
 * follows from what is stored, so it does not matter whose pull came last.
 */
export async function compareGateways(context: Context, range: DayRange, prices: PriceTable): Promise<void> {
  const { store } = context;
  const spans = await store.listUseSpans();
  const known = spans.some(({ first, last }) => first < range.to && last >= range.from);
  for (const month of monthsIn(range)) {
    const before = (await store.listTieOutCauses(month)).filter(({ kind }) => kind === 'gateway-difference');
    if (!known && before.length === 0) continue;
    const findings = await compareMonth(context, month, prices);
    const sources = new Set([...before, ...findings].map(({ source }) => source));
    for (const source of [...sources].toSorted())
      await store.putTieOutCauses({
        source,
        billingPeriod: month,
        kind: 'gateway-difference',
        causes: findings.filter((finding) => finding.source === source).flatMap(describeFinding),
      });
  }
}

async function compareMonth(
  { store }: Context,
  month: Month,
  prices: PriceTable,
): Promise<readonly GatewayFinding[]> {
  const range = monthRange(month);
  const uses = (await store.listTokenUses(range)).filter(({ tellsCache }) => tellsCache);
  if (uses.length === 0) return [];
  const through = new Map(
    (await store.listFeeds()).map(({ source, completeThrough }) => [source, completeThrough]),
  );
  const isComplete = (source: string, day: Day) => day <= (through.get(source) ?? '');
  const all = await store.listTokenFacts(range, Object.keys(BILLED_VENDORS));
  const facts = all.filter(({ set, day }) => isComplete(set.attributes.source ?? '', day));
  const billedThrough = facts.reduce<Day | ''>((latest, { set }) => {
    const end = through.get(set.attributes.source ?? '') ?? '';
    return end > latest ? end : latest;
  }, '');
  return [...new Set(uses.map(({ source }) => source))].toSorted().flatMap((gateway) => {
    const own = uses.filter(
      ({ source, day }) => source === gateway && isComplete(gateway, day) && day <= billedThrough,
    );
    return gatewayFindings({ uses: own, facts: facts.filter(({ day }) => isComplete(gateway, day)), prices });
  });
}
