import {
  absolute,
  type Nanos,
  parseNanos,
  splitNanos,
  sumNanos,
  type Weight,
} from '../../../core/base/money.js';
import type { Charge } from '../../../core/ledger/charge.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import { sameCosts, times } from '../../parts/amounts.js';
import { type BillRow, CODING, createChargeMaker } from '../../parts/bill-rows.js';
import type { DevinFacts } from './client.js';
import type { DevinOptions } from './schema.js';

/** A thousandth of a millionth of an ACU per user: what adding floats leaves, no consumption. */
const NOISE_PER_USER = 1000n;
const NOBODY = '';
/** On every row: the vendor's day is not the UTC day. */
const BOUNDARY = { x_VendorDay: 'From 08:00 UTC of the charge day to 08:00 UTC of the next (midnight PST)' };

/** What charges are made from besides the facts. */
export interface DevinAccount {
  readonly source: string;
  readonly options: DevinOptions;
  readonly people: ReadonlyMap<string, VendorIdentity>;
}

/**
 * ACUs by day and user at the contract's price. Pure. A day's money is its total of ACUs times the price, rounded
 * once and split by the users' ACUs, so that days are exact; ACUs that no user is named for stand on a row of their
 * own. A vendor day begins at 08:00 UTC and is booked on the UTC day in which it begins, where 16 of its 24 hours
 * lie. `estimated`: the price is no bill.
 */
export function toCharges(
  days: DevinFacts['days'],
  { source, options, people }: DevinAccount,
): readonly Charge[] {
  const price = parseNanos(options.acuPrice);
  const toCharge = createChargeMaker({
    source,
    vendor: 'Devin',
    service: { name: 'Devin', ...CODING },
    accountId: source,
    accountName: null,
  });
  return days.flatMap((consumption) => {
    const weights = toWeights(consumption);
    const money = times(parseNanos(consumption.total_acus), price);
    const parts = splitNanos(money, weights);
    return weights
      .filter(({ weight }) => weight > 0n)
      .map(({ id, weight }): BillRow => {
        const person = people.get(id);
        return {
          day: consumption.day,
          currency: options.currency,
          costs: sameCosts(parts?.get(id) ?? 0n),
          category: 'Usage',
          frequency: 'Usage-Based',
          skuId: 'acu',
          meter: 'ACUs',
          description: 'Agent compute units at the price of the contract',
          quantity: { amount: Number(weight) / 1e9, unit: 'ACUs' },
          confidence: 'estimated',
          attributes: {
            principalId: id === NOBODY ? null : id,
            email: person?.email,
            resourceName: person?.name,
          },
          extra: BOUNDARY,
        };
      })
      .map(toCharge);
  });
}

/** Billionths of an ACU by user, and what no user explains under no name. */
function toWeights({
  total_acus: total,
  consumption_by_user: byUser,
}: DevinFacts['days'][number]): readonly Weight[] {
  const users = Object.entries(byUser).map(([id, acus]): Weight => ({ id, weight: parseNanos(acus) }));
  if (users.every(({ weight }) => weight === 0n)) return [{ id: NOBODY, weight: parseNanos(total) }];
  const rest = unnamedAcus(total, byUser);
  return rest > 0n ? [...users, { id: NOBODY, weight: rest }] : users;
}

/** Billionths of an ACU that are in the total and of no user; negative when the users have more than the total. */
export function unnamedAcus(total: string, byUser: Readonly<Record<string, string>>): Nanos {
  const users = Object.values(byUser);
  const rest = parseNanos(total) - sumNanos(users.map(parseNanos));
  const size = absolute(rest);
  return size <= NOISE_PER_USER * BigInt(users.length) ? 0n : rest;
}
