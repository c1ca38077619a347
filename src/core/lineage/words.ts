import { actorName } from '../base/actor.js';
import { assertNever } from '../base/errors.js';
import { formatNanos, roundedQuotient } from '../base/money.js';
import { addDays, type DayInterval, utcDay } from '../base/time.js';
import type { IdentifierLink, Membership } from '../people/data.js';
import { UNALLOCATED } from '../rules/target.js';
import type {
  BillLineage,
  How,
  HowLineage,
  LinkRecord,
  Nature,
  RuleLineage,
  SplitStep,
  SplitWeights,
} from './lineage.js';

const MOST_WEIGHTS = 5;

/** `claude, invoice INV-7 of 2026-10`: where charges stand. */
export function billWords({ source, invoice }: BillLineage): string {
  if (invoice === null) return `${source}, moved between owners after its month was closed`;
  const number = invoice.invoiceId === null ? 'invoice not issued yet' : `invoice ${invoice.invoiceId}`;
  return `${source}, ${number}, ${invoice.billingPeriod}`;
}

/** `Rule "CI agents" (ci), version 7`, or why there is no owner. */
export function ruleWords({ rule, reason, version }: RuleLineage): string {
  const edition = version === null ? '' : `, version ${version}`;
  const why = reason === null ? '' : `${UNALLOCATED}: ${reason}`;
  if (rule !== null) return `Rule "${rule.name}" (${rule.id})${edition}${why === '' ? '' : `. ${why}`}`;
  return why === '' ? 'A later change of rules or people' : `${why}${edition}`;
}

const NATURES: Readonly<Record<Nature, string>> = {
  charge: '',
  credit: 'Credit. ',
  adjustment: 'Adjustment. ',
  'prior-period': 'Prior-period line. ',
};

/** How money came to its owner, in sentences without amounts. */
export function howWords({ how, nature, target, basis }: HowLineage): readonly string[] {
  const owner = target ?? UNALLOCATED;
  const follows = Object.entries(basis).map(([dimension, each]) => `${dimension} ${each ?? UNALLOCATED}`);
  const [first = '', ...rest] = sentencesOf(how, owner);
  return [
    `${NATURES[nature]}${first}`,
    ...rest,
    ...(follows.length === 0 ? [] : [`It follows the part that went to ${follows.join(' and ')}.`]),
  ];
}

function sentencesOf(how: How, owner: string): readonly string[] {
  switch (how.kind) {
    case 'value':
      return [`The rule names ${owner} as the owner.`];
    case 'attribute': {
      const template = how.template === null ? '' : `, as "${how.template}"`;
      return [`The owner is the value of ${how.attribute}${template}: ${owner}.`];
    }
    case 'directory':
      return directoryWords(how, owner);
    case 'split':
      return how.steps.flatMap((step, index) => stepWords(step, `Step ${index + 1} in ${how.month}`));
    case 'moved':
      return [`A change of rules or people after ${how.originalMonth} was closed moved this money.`];
    case 'nobody':
      return [`Nobody owns it: ${how.reason}.`];
    default:
      return assertNever(how);
  }
}

function directoryWords({ evidence, linkedBy }: Extract<How, { kind: 'directory' }>, owner: string) {
  const { person, link, memberships } = evidence;
  return [
    `The directory names ${owner}.`,
    ...(link === null ? [] : [linkWords(link, linkedBy)]),
    ...(person === null ? [] : [`The person is ${person.name} (${person.email}, ${person.kind}).`]),
    ...memberships.map(membershipWords),
  ];
}

const KINDS: Readonly<Record<IdentifierLink['kind'], string>> = {
  apiKey: 'Key',
  principal: 'Principal',
  seat: 'Seat',
  email: 'E-mail',
};

function linkWords(link: IdentifierLink, record: LinkRecord | null): string {
  const owner = 'person' in link.owner ? link.owner.person : `team ${link.owner.team}`;
  const by = record === null ? '' : `, added by ${actorName(record.by)} on ${utcDay(record.atMs)}`;
  return `${KINDS[link.kind]} ${link.value} belongs to ${owner}, ${days(link)}${by}.`;
}

function membershipWords(row: Membership): string {
  const team = row.team === null ? 'had no team of their own' : `was in ${row.team}`;
  const manager = row.managerEmail === null ? '' : `, manager ${row.managerEmail}`;
  const centre = row.costCentre === null ? '' : `, cost centre ${row.costCentre}`;
  return `${row.email} ${team} ${days(row)}${manager}${centre}.`;
}

/** `from 2026-03-01 through 2026-10-14`: the last day inclusive, as people say it. */
function days({ from, to }: DayInterval): string {
  return to === null ? `from ${from} on` : `from ${from} through ${addDays(to, -1)}`;
}

function stepWords({ kind, wording, recipient, weights }: SplitStep, place: string): readonly string[] {
  const what = kind === 'rule' ? 'the rule' : 'the shared cost';
  const first = `${place}, ${what} "${wording.name}" (${wording.id}): ${wording.sentence}.`;
  return weights === null ? [first] : [first, weightWords(weights, recipient ?? UNALLOCATED)];
}

function weightWords({ owners, share, unit }: SplitWeights, recipient: string): string {
  if (share === null) return `There was nothing to split by, so all of it went to ${recipient}.`;
  const shown = owners.slice(0, MOST_WEIGHTS).map(({ owner, weight }) => `${owner} ${formatNanos(weight)}`);
  const more = owners.length > MOST_WEIGHTS ? ` and ${owners.length - MOST_WEIGHTS} more` : '';
  const list = unit === 'alike' ? '' : ` (${UNITS[unit]}: ${shown.join(', ')}${more})`;
  return `${recipient}'s share: ${fractionWords(share.weight, share.total)}${list}.`;
}

const UNITS: Readonly<Record<Exclude<SplitWeights['unit'], 'alike'>, string>> = {
  percent: 'percent',
  spend: 'spend of the month',
  measure: 'measured in the month',
};

/** `3/8 = 37.50 %`: exact, in lowest terms, then rounded to a hundredth of a percent. */
function fractionWords(part: bigint, whole: bigint): string {
  const divisor = greatestCommonDivisor(part, whole);
  const basisPoints = roundedQuotient(part * 10_000n, whole);
  const percent = `${basisPoints / 100n}.${String(basisPoints % 100n).padStart(2, '0')} %`;
  return `${part / divisor}/${whole / divisor} = ${percent}`;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
