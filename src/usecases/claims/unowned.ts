import type { MonthSet } from '../../core/allocation/allocation.js';
import { addDays, type Day, type DayRange } from '../../core/base/time.js';
import type { ClaimMoney, ClaimSubject } from '../../core/claims/claim.js';
import type { DimensionSet } from '../../core/ledger/charge.js';
import type { Directory } from '../../core/people/directory.js';
import type { Context } from '../context.js';

/** An identifier whose money has no team: since when, and what it cost in the range that was asked for. */
export interface Unowned extends ClaimMoney {
  readonly subject: ClaimSubject;
  /** The sub-account in which it was used, if the vendor has such. */
  readonly subAccount: { readonly id: string; readonly name: string } | null;
}

/** The identifier a claim on this set would be about; null where no link could give it an owner. */
export function subjectOf({ attributes }: DimensionSet): ClaimSubject | null {
  const { apiKeyId, apiKeyName, principalId, seatId, source = '' } = attributes;
  if (apiKeyId !== undefined)
    return { kind: 'apiKey', value: apiKeyId, source, label: apiKeyName ?? apiKeyId };
  if (principalId !== undefined) return { kind: 'principal', value: principalId, source, label: principalId };
  if (seatId !== undefined) return { kind: 'seat', value: seatId, source, label: seatId };
  return null;
}

/** One text for (kind, value). */
export function subjectKey({ kind, value }: Pick<ClaimSubject, 'kind' | 'value'>): string {
  return `${kind}\n${value}`;
}

/**
 * Keys, principals and seats with money that has no team, over all that the ledger holds; `cost` counts the range
 * only. A set whose e-mail the directory knows is no question of ownership and is left out.
 */
export async function readUnowned(
  { store, company }: Context,
  { directory, range }: { readonly directory: Directory; readonly range: DayRange },
): Promise<readonly Unowned[]> {
  const found = new Map<string, Unowned>();
  const gaps = new Map<number, { readonly key: string; readonly days: DayRange }[]>();
  for (const month of await store.listMonths()) {
    const sets = new Map((await store.listMonthSets(month)).map((each) => [each.setId, each]));
    for (const piece of await store.listAllocations(month)) {
      const set = sets.get(piece.setId);
      const isOwned = piece.target !== null || piece.split !== undefined;
      if (piece.dimension !== 'team' || isOwned || set === undefined) continue;
      const subject = claimable(set, directory);
      if (subject === null) continue;
      const days = chargedPart(set, piece);
      const { priorDay } = set;
      const realDays = priorDay === undefined ? days : { from: priorDay, to: addDays(priorDay, 1) };
      const key = subjectKey(subject);
      found.set(key, widened(found.get(key), { subject, days: realDays, set, currency: company.currency }));
      gaps.set(piece.setId, [...(gaps.get(piece.setId) ?? []), { key, days }]);
    }
  }
  const costs = await store.listSetDays(range, [...gaps.keys()]);
  for (const { setId, day, currency, effectiveCost } of costs) {
    const gap = gaps.get(setId)?.find(({ days }) => days.from <= day && day < days.to);
    const line = gap === undefined ? undefined : found.get(gap.key);
    if (line === undefined || currency !== line.currency) continue;
    found.set(subjectKey(line.subject), { ...line, cost: line.cost + effectiveCost });
  }
  return [...found.values()];
}

function claimable({ set }: MonthSet, directory: Directory): ClaimSubject | null {
  const { email } = set.attributes;
  return email !== undefined && directory.findPerson(email) !== null ? null : subjectOf(set);
}

/** Pieces may reach beyond the days on which the set has charges. */
function chargedPart({ firstDay, lastDay }: MonthSet, piece: DayRange): DayRange {
  const end = addDays(lastDay, 1);
  return { from: piece.from > firstDay ? piece.from : firstDay, to: piece.to < end ? piece.to : end };
}

function widened(
  held: Unowned | undefined,
  {
    subject,
    days,
    set,
    currency,
  }: { subject: ClaimSubject; days: DayRange; set: MonthSet; currency: string },
): Unowned {
  const last: Day = addDays(days.to, -1);
  if (held !== undefined) {
    return {
      ...held,
      firstDay: days.from < held.firstDay ? days.from : held.firstDay,
      lastDay: last > held.lastDay ? last : held.lastDay,
    };
  }
  const { subAccountId: id, subAccountName: name } = set.set.attributes;
  const subAccount = id === undefined ? null : { id, name: name ?? id };
  return { subject, subAccount, currency, cost: 0n, firstDay: days.from, lastDay: last };
}
