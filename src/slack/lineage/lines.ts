import { utcDay } from '../../core/base/time.js';
import type { ChargeLine } from '../../core/lineage/lineage.js';
import { bold, type RichLine } from '../kit/blocks.js';
import { displayName, formatDay, formatMoney } from '../kit/text.js';

const MOST_RESPONSES = 2;

/** A charge on one line: amount, day, what it was, how sure it is and which response it was made from. */
export function chargeLine(line: ChargeLine, currency: string): RichLine {
  const { cost, chargeCost, day, priorDay, confidence } = line;
  const whole = cost === chargeCost ? '' : ` of ${formatMoney(chargeCost, currency)}`;
  const real = priorDay === null ? '' : ` (of ${formatDay(priorDay)})`;
  const about = [line.key, line.model, line.sku]
    .flatMap((each) => (each === null ? [] : [displayName(each, 60)]))
    .join(' · ');
  const facts = [quantityWords(line, currency), confidence, responseWords(line)].filter(
    (fact) => fact !== '',
  );
  return [
    bold(formatMoney(cost, currency)),
    `${whole}, ${formatDay(day)}${real}: ${about}\n${facts.join(' · ')}`,
  ];
}

/** `1,000 Tokens at $0.000003`: both approximate. */
function quantityWords({ quantity, unit, unitPrice }: ChargeLine, currency: string): string {
  if (quantity === null) return '';
  const amount = `${quantity.toLocaleString('en-US')} ${displayName(unit ?? 'units', 40)}`;
  if (unitPrice === null) return amount;
  const price = unitPrice.toLocaleString('en-US', { maximumSignificantDigits: 4 });
  return `${amount} at ${price} ${displayName(currency, 12)}`;
}

function responseWords({ raw }: ChargeLine): string {
  if (raw.length === 0) return '';
  const shown = raw
    .slice(0, MOST_RESPONSES)
    .map(
      ({ endpoint, fetchedAtMs }) => `${displayName(endpoint, 80)} fetched ${formatDay(utcDay(fetchedAtMs))}`,
    );
  const more = raw.length - shown.length;
  return `from ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
