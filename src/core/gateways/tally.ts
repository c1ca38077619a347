import { compareBigint, compareText, type Nanos } from '../base/money.js';
import type { Day } from '../base/time.js';
import { addTokens, NO_TOKENS, type TokenUse, totalTokens, USE_KEY } from './token-use.js';

/** One request as a recorder has it, its tokens already by class. */
export interface RecordedRequest
  extends Omit<TokenUse, 'requests' | 'retries' | 'replays' | 'repeated' | 'ownCost'> {
  /** Unique within its day; the same id again is the same request. */
  readonly id: string;
  /** Attempts beyond the first; null: not said. */
  readonly retries: number | null;
  /** Answered from the recorder's own cache: nobody is billed for it. */
  readonly isReplay: boolean;
  readonly ownCost: Nanos | null;
}

/** Adds requests up, each id once a day. */
export interface UseTally {
  /** Takes a request in. Of one id the first record counts, whatever the later ones say. */
  add(request: RecordedRequest): void;
  /** Counts a record that is no use, by reason, in words that follow "were left out: ". */
  reject(reason: string): void;
  /** The sums by day, vendor, model, key and tags, in that order, and what has to be said about them. */
  finish(): { readonly uses: readonly TokenUse[]; readonly remarks: readonly string[] };
}

interface Sum {
  use: TokenUse;
}

/** Tag tuples of a day that are kept apart. */
const MOST_TUPLES = 5_000;

/**
 * A tally that never grows with the number of requests but by their ids. Beyond `mostTuples` tuples of a day the
 * smallest lose first their user, then their other tags: their tokens stay, under nobody, and a remark says so.
 */
export function createUseTally({
  mostTuples = MOST_TUPLES,
}: {
  readonly mostTuples?: number;
} = {}): UseTally {
  const days = new Map<Day, { readonly ids: Map<string, Sum>; readonly sums: Map<string, Sum> }>();
  const rejects = new Map<string, number>();
  let repeats = 0;
  return {
    add(request) {
      const day = days.get(request.day) ?? { ids: new Map<string, Sum>(), sums: new Map<string, Sum>() };
      days.set(request.day, day);
      const known = day.ids.get(request.id);
      if (known !== undefined) {
        repeats += 1;
        known.use = repeat(known.use, request);
        return;
      }
      const key = tupleKey(request);
      const sum = day.sums.get(key) ?? { use: emptyUse(request) };
      day.sums.set(key, sum);
      day.ids.set(request.id, sum);
      sum.use = count(sum.use, request);
    },
    reject(reason) {
      rejects.set(reason, (rejects.get(reason) ?? 0) + 1);
    },
    finish() {
      const folded = [...days].map(([day, { sums }]) =>
        fold(
          day,
          [...sums.values()].map(({ use }) => use),
          mostTuples,
        ),
      );
      const remarks = [...rejects]
        .toSorted(([a], [b]) => compareText(a, b))
        .map(([reason, records]) => `${counted(records, 'record')} left out: ${reason}.`);
      if (repeats > 0)
        remarks.push(`Of requests recorded more than once ${counted(repeats, 'further record')} left out.`);
      return {
        uses: sortUses(folded.flatMap(({ uses }) => uses)),
        remarks: [...remarks, ...folded.flatMap((each) => each.remarks).toSorted(compareText)],
      };
    },
  };
}

function counted(records: number, what: string): string {
  return records === 1 ? `1 ${what} was` : `${records} ${what}s were`;
}

/** Uses of the same day that agree in `USE_KEY` have the same key. */
function tupleKey(use: Pick<TokenUse, 'day' | (typeof USE_KEY)[number]>): string {
  return JSON.stringify([use.day, ...USE_KEY.map((field) => use[field])]);
}

/** The stable order of uses. */
function sortUses(uses: readonly TokenUse[]): readonly TokenUse[] {
  return uses
    .map((use) => ({ use, key: tupleKey(use) }))
    .toSorted((a, b) => compareText(a.key, b.key))
    .map(({ use }) => use);
}

function emptyUse(request: RecordedRequest): TokenUse {
  const { day, vendor, model, key, callerKey, serviceTier, customer, feature, team, user, tellsCache } =
    request;
  return {
    day,
    vendor,
    model,
    key,
    callerKey,
    serviceTier,
    customer,
    feature,
    team,
    user,
    tellsCache,
    tokens: NO_TOKENS,
    requests: 0,
    retries: null,
    replays: 0,
    repeated: { requests: 0, tokens: NO_TOKENS, cost: 0n },
    ownCost: null,
  };
}

function count(use: TokenUse, request: RecordedRequest): TokenUse {
  if (request.isReplay) return { ...use, replays: use.replays + 1 };
  return {
    ...use,
    tokens: addTokens(use.tokens, request.tokens),
    requests: use.requests + 1,
    retries: plus(use.retries, request.retries),
    ownCost: request.ownCost === null ? use.ownCost : (use.ownCost ?? 0n) + request.ownCost,
  };
}

function repeat(use: TokenUse, request: RecordedRequest): TokenUse {
  if (request.isReplay) return use;
  const { requests, tokens, cost } = use.repeated;
  const repeated = {
    requests: requests + 1,
    tokens: addTokens(tokens, request.tokens),
    cost: cost + (request.ownCost ?? 0n),
  };
  return { ...use, repeated };
}

function plus(a: number | null, b: number | null): number | null {
  return b === null ? a : (a ?? 0) + b;
}

/** Two uses of one tuple as one. */
export function addUses(a: TokenUse, b: TokenUse): TokenUse {
  const repeated = {
    requests: a.repeated.requests + b.repeated.requests,
    tokens: addTokens(a.repeated.tokens, b.repeated.tokens),
    cost: a.repeated.cost + b.repeated.cost,
  };
  return {
    ...a,
    tokens: addTokens(a.tokens, b.tokens),
    requests: a.requests + b.requests,
    retries: plus(a.retries, b.retries),
    replays: a.replays + b.replays,
    repeated,
    ownCost: b.ownCost === null ? a.ownCost : (a.ownCost ?? 0n) + b.ownCost,
  };
}

/** Keeps the largest tuples of a day; what is folded depends on the sums alone, not on the order of the records. */
function fold(
  day: Day,
  uses: readonly TokenUse[],
  mostTuples: number,
): { readonly uses: readonly TokenUse[]; readonly remarks: readonly string[] } {
  if (uses.length <= mostTuples) return { uses, remarks: [] };
  const withoutUser = merge(uses, mostTuples, (use) => ({ ...use, user: null }));
  const none = { customer: null, feature: null, team: null, user: null };
  const kept =
    withoutUser.length <= mostTuples
      ? withoutUser
      : merge(withoutUser, mostTuples, (use) => ({ ...use, ...none }));
  const lost = withoutUser.length <= mostTuples ? 'user' : 'customer, feature, team and user';
  const remark = `${day}: ${uses.length} combinations of tags are more than the ${mostTuples} that are kept apart; the smallest lost their ${lost}. Tag fewer things.`;
  return { uses: kept, remarks: [remark] };
}

function merge(
  uses: readonly TokenUse[],
  most: number,
  strip: (use: TokenUse) => TokenUse,
): readonly TokenUse[] {
  const order = uses
    .map((use) => ({ use, key: tupleKey(use) }))
    .toSorted(
      (a, b) =>
        compareBigint(totalTokens(b.use.tokens), totalTokens(a.use.tokens)) || compareText(a.key, b.key),
    );
  const merged = new Map<string, TokenUse>();
  for (const [at, { use }] of order.entries()) {
    const kept = at < most ? use : strip(use);
    const key = tupleKey(kept);
    const known = merged.get(key);
    merged.set(key, known === undefined ? kept : addUses(known, kept));
  }
  return [...merged.values()];
}
