import { compareText, type Nanos } from '../../core/base/money.js';
import { type Day, dayIn } from '../../core/base/time.js';
import { createDirectory, type Directory } from '../../core/people/directory.js';
import { findIdleSeats, IDLE_DAYS, type IdleSeat, type Seat } from '../../core/seats/seat.js';
import type { Context } from '../context.js';

/** An idle seat with the team its holder stands in today; null when nobody knows. */
export interface OwnedIdleSeat extends IdleSeat {
  readonly team: string | null;
}

/** Seats that cost money and are not used. */
export interface IdleSeatReport {
  readonly today: Day;
  /** Days without activity that make a seat idle. */
  readonly idleDays: number;
  /** Vacant seats first, then the longest idle. */
  readonly seats: readonly OwnedIdleSeat[];
  /** What a month without all of them saves, by currency. */
  readonly savings: readonly { readonly currency: string; readonly perMonth: Nanos }[];
  /** Idle seats whose price nobody has told: not part of the savings. */
  readonly unpriced: number;
}

/** Idle seats of all sources as of the last listings; `idleDays` absent: 30. Reads only. */
export async function listIdleSeats(
  { store, company, clock }: Context,
  input: { readonly idleDays?: number | undefined } = {},
): Promise<IdleSeatReport> {
  const idleDays = input.idleDays ?? IDLE_DAYS;
  const today = dayIn(company.timeZone, clock());
  const idle = findIdleSeats(await store.listSeats(), { today, days: idleDays });
  const directory = createDirectory(await store.directory());
  const byCurrency = new Map<string, Nanos>();
  for (const { savingPerMonth: saving } of idle)
    if (saving !== null)
      byCurrency.set(saving.currency, (byCurrency.get(saving.currency) ?? 0n) + saving.nanos);
  return {
    today,
    idleDays,
    seats: idle.map((seat) => ({ ...seat, team: teamOf(directory, seat.seat, today) })),
    savings: [...byCurrency]
      .map(([currency, perMonth]) => ({ currency, perMonth }))
      .toSorted((a, b) => compareText(a.currency, b.currency)),
    unpriced: idle.filter(({ savingPerMonth }) => savingPerMonth === null).length,
  };
}

function teamOf(directory: Directory, { seatId, holder }: Seat, today: Day): string | null {
  if (holder === null) return null;
  const principalId = holder.login ?? holder.userId;
  const attributes = {
    seatId,
    ...(holder.email !== null && { email: holder.email }),
    ...(principalId !== null && { principalId }),
  };
  const owner = directory.ownerOf({ attributes, tags: {} }, today);
  if (owner.kind === 'team') return owner.team;
  if (owner.kind === 'none') return null;
  return directory.membershipOn(owner.person.email, today)?.team ?? null;
}
