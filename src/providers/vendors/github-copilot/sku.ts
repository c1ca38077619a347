/** What a SKU is: a seat, credits or requests of the pool, or anything else. */
export type SkuKind = 'seat' | 'credits' | 'other';

/** Display names differ by endpoint (`Copilot AI Credits`): the vendor's id in one spelling. */
export function normaliseSku(sku: string): string {
  const id = sku
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
  return SPELLINGS[id] ?? id;
}

const SPELLINGS: Readonly<Record<string, string>> = {
  copilot_business: 'copilot_for_business',
  copilot_premium_requests: 'copilot_premium_request',
  copilot_ai_credit: 'copilot_ai_credits',
};

/** Takes a normalised SKU. */
export function kindOfSku(sku: string): SkuKind {
  if (/^copilot_(for_business|enterprise|standalone)$/.test(sku)) return 'seat';
  return /ai_credits|premium_request/.test(sku) ? 'credits' : 'other';
}

/** Whether a row of GitHub's bill is Copilot's: Actions, storage and the rest are another source's. */
export function isCopilot(product: string, sku: string): boolean {
  return normaliseSku(product) === 'copilot' || /^(copilot|spark)_/.test(normaliseSku(sku));
}

/** The plan of seats that a seat SKU bills: null for all of them. */
export function planOfSku(sku: string): string | null {
  if (sku === 'copilot_for_business') return 'business';
  return sku === 'copilot_enterprise' ? 'enterprise' : null;
}

/** Credits that come with a seat, by plan, in dollars a month (1,900 and 3,900 credits of a cent). */
export const INCLUDED_USD: Readonly<Record<string, string>> = { business: '19', enterprise: '39' };

/** Of a SKU that is neither credits nor requests the unit is the vendor's own word: `agent-hours` -> `Agent Hours`. */
export function unitOf(sku: string, unitType: string | null | undefined): string {
  const own = (unitType ?? '').trim();
  if (/request/i.test(own === '' ? sku : own)) return 'Requests';
  if (kindOfSku(normaliseSku(sku)) === 'credits' || own === '') return 'Credits';
  return own
    .split(/[\s_-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
