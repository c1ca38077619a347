import { compareBigint, compareText, type Nanos, roundedQuotient, sumNanos } from '../base/money.js';
import type { Month } from '../base/time.js';
import { type TokenType, tierOf, toCell, tokenTypeOf, type WorkRow } from './work.js';

/** The measure that says how many requests were repeated, by the same labels as the mix; imported or from token records. */
export const RETRIES = 'retries';

/** The price of the same work: what an owner or key paid for its tokens in a month, and how it used them. */
export interface WorkMix {
  /** A team or a key. */
  readonly label: string;
  readonly month: Month;
  /** All money, also what was not paid for tokens. */
  readonly cost: Nanos;
  readonly tokens: number;
  /** Money for tokens by the million of them; null without tokens. */
  readonly pricePerMillion: Nanos | null;
  /** Cache reads of all input tokens, 0 to 1; null without input tokens. */
  readonly cachedShare: number | null;
  /** Tokens at a batch price of all tokens, 0 to 1; null without tokens. */
  readonly batchShare: number | null;
  /** Repeated requests; null: no source gives the figure. */
  readonly retries: number | null;
  /** People who used anything in their own name. */
  readonly activePeople: number;
  /** Null when nobody is named: keys of programs. */
  readonly tokensPerPerson: number | null;
  /** Most expensive first; `share` is that of the tokens, null without any. */
  readonly models: readonly { readonly model: string; readonly cost: Nanos; readonly share: number | null }[];
}

/** A row with what the mix asks of it. */
interface Used {
  readonly cost: Nanos;
  readonly type: TokenType | null;
  /** 0 for anything that is no token. */
  readonly tokens: number;
  readonly isBatch: boolean;
  readonly model: string;
  readonly person: string | null;
}

function toUsed(row: WorkRow): Used {
  const type = tokenTypeOf(row);
  return {
    cost: row.cost,
    type,
    tokens: type === null ? 0 : (row.quantity ?? 0),
    isBatch: tierOf(row.kind) === 'batch',
    model: toCell(row).model,
    person: row.set.attributes.email ?? null,
  };
}

/** The rows of one label in one month as a mix. */
export function workMix(
  about: { readonly label: string; readonly month: Month; readonly retries: number | null },
  rows: readonly WorkRow[],
): WorkMix {
  const used = rows.map(toUsed);
  const tokens = tokensOf(used);
  const named = used.filter(({ person }) => person !== null);
  const people = new Set(named.flatMap(({ person, cost }) => (cost === 0n ? [] : [person])));
  const cached = tokensOf(used.filter(({ type }) => type === 'cached-input'));
  const tokenCost = costOf(used.filter(({ type }) => type !== null));
  return {
    ...about,
    cost: costOf(used),
    tokens,
    pricePerMillion: tokens < 1 ? null : roundedQuotient(tokenCost * 1_000_000n, BigInt(Math.round(tokens))),
    cachedShare: ratio(cached, tokensOf(used.filter(({ type }) => type !== null && type !== 'output'))),
    batchShare: ratio(tokensOf(used.filter(({ isBatch }) => isBatch)), tokens),
    activePeople: people.size,
    tokensPerPerson: ratio(tokensOf(named), people.size),
    models: modelsOf(used, tokens),
  };
}

function modelsOf(used: readonly Used[], tokens: number): WorkMix['models'] {
  const byModel = new Map<string, Used[]>();
  for (const row of used) {
    const own = byModel.get(row.model) ?? [];
    byModel.set(row.model, own);
    own.push(row);
  }
  return [...byModel]
    .map(([model, own]) => ({ model, cost: costOf(own), share: ratio(tokensOf(own), tokens) }))
    .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.model, b.model));
}

function tokensOf(used: readonly Used[]): number {
  return used.reduce((sum, { tokens }) => sum + tokens, 0);
}

function costOf(used: readonly Used[]): Nanos {
  return sumNanos(used.map(({ cost }) => cost));
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
