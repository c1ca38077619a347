import { assertNever } from '../base/errors.js';
import type { Day } from '../base/time.js';
import type { Facts } from '../rules/facts.js';
import { referenceLabel } from '../rules/labels.js';
import { parseReference } from '../rules/reference.js';
import { type Target, UNALLOCATED } from '../rules/target.js';

/** Where a matching rule sends a set on a day: to a named owner, or nowhere for a reason. */
export type Resolution =
  | { readonly target: string; readonly reason: null }
  | { readonly target: null; readonly reason: string };

/** A target that names one owner. */
export type DirectTarget = Exclude<Target, { split: unknown }>;

/** Whether a target's answer may differ from day to day. */
export function isDatedTarget(target: DirectTarget): boolean {
  if ('attribute' in target) return parseReference(target.attribute).kind === 'dimension';
  return 'owner' in target;
}

export function resolveTarget(target: DirectTarget, facts: Facts, day: Day): Resolution {
  if ('value' in target) return { target: target.value, reason: null };
  if ('owner' in target) return resolveOwner(target.owner, facts, day);
  const reference = parseReference(target.attribute);
  const label = referenceLabel(reference);
  const value = facts.value(reference, day)?.trim();
  if (value === undefined) {
    const absence = reference.kind === 'dimension' ? 'unallocated' : 'not given';
    return nobody(`${label} is ${absence}`);
  }
  if (value === '') return nobody(`${label} is blank`);
  // A function, because `$` in a plain replacement would be read as a pattern.
  return named(target.template?.replaceAll('{value}', () => value) ?? value, label);
}

function resolveOwner(wanted: 'team' | 'person' | 'costCentre', facts: Facts, day: Day): Resolution {
  const owner = facts.directory.ownerOf(facts.set, day);
  if (owner.kind === 'none') return nobody(owner.reason);
  if (owner.kind === 'team') return wanted === 'team' ? named(owner.team, 'team') : nobody(owner.reason);
  const { email } = owner.person;
  if (wanted === 'person') return named(email, 'e-mail');
  const { directory } = facts;
  const membership = directory.membershipOn(email, day);
  const noTeam = `${email} was in no team on that day`;
  switch (wanted) {
    case 'team':
      return membership === null ? nobody(noTeam) : named(membership.team, 'team');
    case 'costCentre': {
      const costCentre = directory.costCentreOn(email, day);
      if (costCentre !== null) return named(costCentre, 'cost centre');
      return nobody(membership === null ? noTeam : `${email} had no cost centre on that day`);
    }
    default:
      return assertNever(wanted);
  }
}

function nobody(reason: string): Resolution {
  return { target: null, reason };
}

/** "Unallocated" is never an owner, not even where a tag or a person's team says so. */
function named(target: string, label: string): Resolution {
  return target === UNALLOCATED ? nobody(`${label} says ${UNALLOCATED}`) : { target, reason: null };
}
