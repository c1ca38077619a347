import { compareBigint, compareText, type Nanos } from '../base/money.js';
import { type AlertCause, type CauseKind, causeId } from './alert.js';
import { groupParts, isPartOf, type UsagePart } from './usage-parts.js';
import { createSignalFinder, excessOf, excessOfParts, type Signal, type Watch } from './watch.js';

/** One thing that runs away, and the series that showed it. */
export interface FoundCause {
  readonly cause: AlertCause;
  readonly signal: Signal;
}

/** How much of a rise a key, or up to three keys, must make up to be its cause; in hundredths. */
const KEY_SHARE = 60n;
const FEW_KEYS = 3;
/** A key of a few that is one of the causes. */
const LEAST_KEY_SHARE = 15n;
/** How much of a rise a model, service or team must make up to be its cause. */
const GROUP_SHARE = 80n;
const ROUNDS = 5;
const BREADTH: readonly CauseKind[] = ['company', 'service', 'model', 'team', 'key'];

/**
 * What runs away, each cause once, however many series show it: a key that is seen at its team, its model and the
 * company too is the key; several teams hit by one model are the model; ten thousand keys at once are the company.
 * `known` causes (open cases, mutes, bookings) are taken out first; what then is left is judged without them, and so
 * is what the causes found leave, so that a second incident cannot hide behind a first.
 */
export function findCauses(watch: Watch, known: readonly AlertCause[]): readonly FoundCause[] {
  const find = createSignalFinder(watch);
  const found: FoundCause[] = [];
  let parts = without(watch.parts, known);
  for (let round = 0; round < ROUNDS && parts.length > 0; round += 1) {
    const signals = find(parts);
    if (signals.length === 0) break;
    const causes = absorb(signals.flatMap((signal) => explain(signal, signals)));
    found.push(...causes);
    const left = without(
      parts,
      causes.map(({ cause }) => cause),
    );
    if (left.length === parts.length) break;
    parts = left;
  }
  return found;
}

function without(parts: readonly UsagePart[], causes: readonly AlertCause[]): readonly UsagePart[] {
  if (causes.length === 0) return parts;
  return parts.filter((part) => !causes.some((cause) => isPartOf(part, cause)));
}

/** Is `part` at least so many hundredths of `whole`? */
function makesUp(part: Nanos, whole: Nanos, hundredths: bigint): boolean {
  return whole > 0n && part * 100n >= whole * hundredths;
}

interface Share {
  readonly label: string;
  readonly excess: Nanos;
}

function sharesBy(signal: Signal, kind: CauseKind): readonly Share[] {
  return [...groupParts(signal.parts, kind)]
    .map(([label, own]) => ({ label, excess: excessOfParts(own, signal.run) }))
    .toSorted((a, b) => compareBigint(b.excess, a.excess) || compareText(a.label, b.label));
}

/** The narrowest causes that make up a signal. */
function explain(signal: Signal, signals: readonly Signal[]): readonly FoundCause[] {
  const { kind } = signal.cause;
  if (kind === 'key') return [{ cause: signal.cause, signal }];
  const total = excessOf(signal.run);
  const keys = fewKeys(sharesBy(signal, 'key'), total);
  if (keys.length > 0) return keys.map(({ label }) => ({ cause: { kind: 'key', label }, signal }));
  for (const broad of ['model', 'service'] as const) {
    if (BREADTH.indexOf(broad) <= BREADTH.indexOf(kind) && kind !== 'team') continue;
    const shared = sharedSignal(signal, broad, { signals, total });
    if (shared !== null) return [{ cause: shared.cause, signal: shared }];
  }
  if (kind === 'team') return [{ cause: signal.cause, signal }];
  const [team] = sharesBy(signal, 'team');
  if (team === undefined || !makesUp(team.excess, total, GROUP_SHARE))
    return [{ cause: signal.cause, signal }];
  const own = signals.find(({ cause }) => cause.kind === 'team' && cause.label === team.label);
  return own === undefined ? [{ cause: { kind: 'team', label: team.label }, signal }] : explain(own, signals);
}

/** One key that makes up most of it, or up to three that do together. */
function fewKeys(shares: readonly Share[], total: Nanos): readonly Share[] {
  const [first] = shares;
  if (first !== undefined && makesUp(first.excess, total, KEY_SHARE)) return [first];
  const few = shares.slice(0, FEW_KEYS).filter(({ excess }) => makesUp(excess, total, LEAST_KEY_SHARE));
  const together = few.reduce((sum, { excess }) => sum + excess, 0n);
  return makesUp(together, total, KEY_SHARE) ? few : [];
}

/** A model or service that makes the signal up, and rose in more than one team. */
function sharedSignal(
  signal: Signal,
  kind: 'model' | 'service',
  { signals, total }: { readonly signals: readonly Signal[]; readonly total: Nanos },
): Signal | null {
  const [top] = sharesBy(signal, kind);
  if (top === undefined || !makesUp(top.excess, total, GROUP_SHARE)) return null;
  const shared = signals.find(({ cause }) => cause.kind === kind && cause.label === top.label);
  if (shared === undefined) return null;
  const [team] = sharesBy(shared, 'team');
  const isOfOneTeam = team !== undefined && makesUp(team.excess, excessOf(shared.run), GROUP_SHARE);
  const isOfFewKeys = fewKeys(sharesBy(shared, 'key'), excessOf(shared.run)).length > 0;
  return isOfOneTeam || isOfFewKeys ? null : shared;
}

/** Each cause once, and none that is a small part of a broader one. */
function absorb(found: readonly FoundCause[]): readonly FoundCause[] {
  const unique = new Map(found.map((each) => [causeId(each.cause), each]));
  const sized = [...unique.values()]
    .map((each) => {
      const parts = each.signal.parts.filter((part) => isPartOf(part, each.cause));
      return { ...each, parts, excess: excessOfParts(parts, each.signal.run) };
    })
    .toSorted(
      (a, b) =>
        BREADTH.indexOf(a.cause.kind) - BREADTH.indexOf(b.cause.kind) ||
        compareBigint(b.excess, a.excess) ||
        compareText(a.cause.label, b.cause.label),
    );
  const kept: typeof sized = [];
  for (const each of sized) {
    const isPart = kept.some((broad) => {
      if (makesUp(each.excess, broad.excess, KEY_SHARE)) return false;
      const inside = each.parts.filter((part) => isPartOf(part, broad.cause));
      return makesUp(excessOfParts(inside, each.signal.run), each.excess, KEY_SHARE);
    });
    if (!isPart) kept.push(each);
  }
  return kept.map(({ cause, signal }) => ({ cause, signal }));
}
