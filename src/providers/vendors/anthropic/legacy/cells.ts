import { compareText, type Nanos } from '../../../../core/base/money.js';
import type { Day } from '../../../../core/base/time.js';
import { type CellPart, spreadCells } from '../../../../core/spend/spread.js';
import { SEPARATOR } from '../vocabulary.js';

/** What fixes a unit price beside model and tier; null where a report does not tell it. */
export interface PriceTraits {
  readonly contextWindow: string | null;
  readonly inferenceGeo: string | null;
  readonly speed: string | null;
}

/** The scope in which usage may explain money: nothing is ever spread out of it. */
interface Scope {
  readonly day: Day;
  readonly workspaceId: string | null;
  /** Token type, or cost type where it is no token. */
  readonly kind: string;
  /** Null: whatever the model, as with web searches. */
  readonly model: string | null;
  readonly tier: string | null;
}

export interface ScopedMoney {
  readonly scope: Scope;
  readonly traits: PriceTraits;
  readonly amount: Nanos;
}

export interface ScopedUsage {
  readonly scope: Scope;
  readonly traits: PriceTraits;
  readonly id: string;
  readonly weight: bigint;
}

/** One user's part of the money of a scope; `id` null: nobody used anything that explains it. */
export interface ScopedPart {
  readonly scope: Scope;
  readonly traits: PriceTraits;
  readonly id: string | null;
  readonly amount: Nanos;
  readonly weight: bigint;
  readonly spread: boolean;
}

const TRAITS = ['contextWindow', 'inferenceGeo', 'speed'] as const;
type Trait = (typeof TRAITS)[number];

/**
 * Spreads the money of every scope over its usage, in cells of equal unit price: by all the traits that every money
 * row of the scope tells. Money that meets no usage there meets, in turn without speed, region and context window,
 * what usage is left over; the rest stays unattributed. Usage that meets no money was free and makes no part.
 */
export function spreadScopes(
  money: readonly ScopedMoney[],
  usage: readonly ScopedUsage[],
): readonly ScopedPart[] {
  const scopes = new Map<string, ScopeState>();
  for (const row of money) {
    const key = scopeKey(row.scope);
    const state = scopes.get(key) ?? { scope: row.scope, money: [], usage: [] };
    scopes.set(key, state);
    state.money.push(row);
  }
  for (const row of usage) scopeOf(scopes, row.scope)?.usage.push(row);
  return [...scopes].toSorted(([a], [b]) => compareText(a, b)).flatMap(([, state]) => spreadScope(state));
}

interface ScopeState {
  readonly scope: Scope;
  readonly money: ScopedMoney[];
  readonly usage: ScopedUsage[];
}

function scopeKey({ day, workspaceId, kind, model, tier }: Scope): string {
  return JSON.stringify([day, workspaceId, kind, model, tier]);
}

/** The narrowest scope with money that usage falls into. */
function scopeOf(scopes: ReadonlyMap<string, ScopeState>, scope: Scope): ScopeState | undefined {
  const wider = [
    scope,
    { ...scope, tier: null },
    { ...scope, model: null },
    { ...scope, model: null, tier: null },
  ];
  for (const candidate of wider) {
    const state = scopes.get(scopeKey(candidate));
    if (state !== undefined) return state;
  }
  return undefined;
}

function spreadScope({ scope, money, usage }: ScopeState): readonly ScopedPart[] {
  const told = TRAITS.filter((trait) => money.every(({ traits }) => traits[trait] !== null));
  const parts: ScopedPart[] = [];
  let open = { money, usage };
  for (let kept = told.length; kept >= 0 && open.money.length > 0; kept--) {
    const traits = told.slice(0, kept);
    const key = (row: { readonly traits: PriceTraits }) => cellKey(row.traits, traits);
    const cells = spreadCells(
      open.money.map((row) => ({ cell: key(row), amount: row.amount })),
      open.usage.map((row) => ({ cell: key(row), id: row.id, weight: row.weight })),
    );
    const paid = new Set(open.money.map(key));
    const used = new Set(cells.flatMap(({ cell, id }) => (id === null ? [] : [cell])));
    const met = (cell: string) => paid.has(cell) && used.has(cell);
    for (const part of cells) if (met(part.cell)) parts.push(toPart(scope, part, kept < told.length));
    open = {
      money: open.money.filter((row) => !met(key(row))),
      usage: open.usage.filter((row) => !met(key(row))),
    };
  }
  const rest = spreadCells(
    open.money.map((row) => ({ cell: cellKey(row.traits, told), amount: row.amount })),
    [],
  );
  return [...parts, ...rest.map((part) => toPart(scope, part, false))];
}

const NO_TRAITS: PriceTraits = { contextWindow: null, inferenceGeo: null, speed: null };

/** A cell's traits as text that can be read back. */
function cellKey(traits: PriceTraits, told: readonly Trait[]): string {
  return TRAITS.map((trait) => (told.includes(trait) ? (traits[trait] ?? '') : '')).join(SEPARATOR);
}

function toPart(scope: Scope, { cell, id, amount, weight, shared }: CellPart, coarse: boolean): ScopedPart {
  const values = cell.split(SEPARATOR);
  const traits = { ...NO_TRAITS };
  const told = Object.fromEntries(TRAITS.map((trait, index) => [trait, values[index] || null]));
  // Money of a cell with one user is that user's own: nothing was divided.
  return { scope, traits: { ...traits, ...told }, id, amount, weight, spread: shared || coarse };
}
