import { z } from 'zod';
import type { Day } from '../../core/base/time.js';
import type { Bill, Charge, ChargeKind, DimensionSet } from '../../core/ledger/charge.js';
import { type SeatCost, spreadSeatFee } from '../../core/seats/money.js';
import {
  IDLE_DAYS,
  isUnused,
  type Seat,
  type UnusedSeatPolicy,
  unusedSeatId,
} from '../../core/seats/seat.js';
import { createCache } from './charge-parts.js';

/** An amount of money in the options of a source, in quotes so that it is never a float. */
export const AmountOption = z.string().regex(/^\d+(\.\d{1,9})?$/, 'must be an amount in quotes such as "40"');

/** The options that every source of seats has. */
export const SEAT_OPTIONS = {
  /** Who bears seats that nobody uses: `holder` (their team), or the team that owns the licence. */
  unusedSeats: z.union([z.literal('holder'), z.strictObject({ team: z.string().min(1) })]).default('holder'),
  /** Days without activity after which a seat counts as unused. */
  idleDays: z.number().int().min(1).max(365).default(IDLE_DAYS),
};

/** The option as the policy it means. */
export function toUnusedPolicy(option: 'holder' | { readonly team: string }): UnusedSeatPolicy {
  return option === 'holder' ? { kind: 'holder' } : { kind: 'owner', team: option.team };
}

/** One seat's part in a fee; the weight is its active days when absent. */
export interface SeatPart {
  /** Null: billed, but nobody is known to sit there. `id` tells such parts apart. */
  readonly seat: Seat | null;
  readonly id: string;
  readonly days: readonly Day[];
  readonly weight?: bigint;
}

/** An amount that was billed for seats. */
export interface BilledSeats {
  readonly amount: bigint;
  /** Before discounts. */
  readonly listAmount: bigint;
  readonly billedOn: Day;
  readonly parts: readonly SeatPart[];
  /** The period whose use decides whether a seat is unused; its end is not after tomorrow. */
  readonly usedBefore: Day;
  readonly bill: Bill;
  /** What was bought: unit, price, description, confidence. */
  readonly kind: ChargeKind;
  /** Attributes of all its charges: service, account, SKU ... */
  readonly attributes: DimensionSet['attributes'];
  readonly tags: DimensionSet['tags'];
}

/** How seats of a source are charged. */
export interface SeatRules {
  readonly source: string;
  readonly unused: UnusedSeatPolicy;
  readonly idleDays: number;
}

/**
 * Purchase charges of seat fees: billed on the vendor's day, effective on each day of the seat (`spreadSeatFee`).
 * Unused and vacant seats say so in the tag `seatUse`. A charge stands wherever one of the two costs is not zero.
 */
export function toSeatCharges(fees: readonly BilledSeats[], rules: SeatRules): readonly Charge[] {
  const sets = createCache<DimensionSet>();
  return fees.flatMap((fee) => {
    const parts = new Map(fee.parts.map((part) => [part.id, part]));
    const spread = (amount: bigint): readonly SeatCost[] =>
      spreadSeatFee({ amount, billedOn: fee.billedOn, shares: fee.parts });
    const listed = new Map(
      spread(fee.listAmount).map(({ id, day, effective }) => [`${id}\0${day}`, effective]),
    );
    const feeKey = JSON.stringify([fee.attributes, fee.tags]);
    return spread(fee.amount).flatMap(({ id, day, billed, effective }): Charge[] => {
      const list = listed.get(`${id}\0${day}`) ?? 0n;
      if (billed === 0n && effective === 0n && list === 0n) return [];
      const seat = parts.get(id)?.seat ?? null;
      const use = useOf(seat, fee.usedBefore, rules.idleDays);
      const set = sets(`${feeKey}\0${use}\0${id}`, () => toSet(fee, { seat, use, rules }));
      return [
        {
          set,
          kind: fee.kind,
          bill: fee.bill,
          chargeDay: day,
          billedCost: billed,
          effectiveCost: effective,
          listCost: list,
          contractedCost: effective,
          consumedQuantity: null,
          pricingQuantity: null,
        },
      ];
    });
  });
}

type SeatUse = 'used' | 'unused' | 'vacant';

function useOf(seat: Seat | null, before: Day, idleDays: number): SeatUse {
  if (seat === null || seat.holder === null) return 'vacant';
  return isUnused(seat, before, idleDays) ? 'unused' : 'used';
}

function toSet(
  fee: BilledSeats,
  { seat, use, rules }: { readonly seat: Seat | null; readonly use: SeatUse; readonly rules: SeatRules },
): DimensionSet {
  const holder = seat?.holder ?? null;
  const name = holder?.email ?? holder?.login ?? holder?.name ?? null;
  const toOwner = use !== 'used' && rules.unused.kind === 'owner';
  const principalId = holder?.login ?? holder?.userId;
  const person = {
    ...(principalId && { principalId }),
    ...(holder?.email && { email: holder.email }),
    ...(seat !== null && { seatId: seat.seatId }),
  };
  return {
    attributes: {
      ...fee.attributes,
      chargeCategory: 'Purchase',
      resourceType: 'Seat',
      resourceId: `${rules.source}/seat/${seat?.seatId ?? 'unlisted'}`,
      resourceName: name ?? (use === 'vacant' ? 'Seat without a holder' : 'Seat'),
      ...(toOwner ? { seatId: unusedSeatId(rules.source) } : person),
    },
    tags: { ...fee.tags, seatUse: use },
  };
}
