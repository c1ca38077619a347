import { absolute, compareText, formatNanos, type Nanos } from '../../../../core/base/money.js';
import { type Day, type Month, monthOf, utcDay } from '../../../../core/base/time.js';
import type { Charge } from '../../../../core/ledger/charge.js';
import { createDailyCarries } from '../../../parts/charge-parts.js';
import { type AnthropicAccount, createChargeMaker, type Line } from '../lines.js';
import { quantitiesOf } from '../schema.js';
import { SEPARATOR } from '../vocabulary.js';
import type { EnterpriseFacts, ProductTotal } from './client.js';
import type { UserCost, UserUsage } from './schema.js';

type Facts = Pick<EnterpriseFacts, 'costs' | 'usage' | 'totals'>;

/** The vendor rounds each grouped row to 1e-8 of a dollar or finer: half of that either way, twice over. */
const ROUNDING_NANOS_PER_ROW = 10n;
const NOBODY = 'cost without a user, such as Code Review and Claude Tag in channels';

/**
 * Cost of members by product, model and token type, tokens joined from their usage; and, per day and product, what
 * the report of all cost says beyond them: it has no user, so it stands as a row of its own and the totals tie. Pure.
 */
export function toCharges(
  facts: Facts,
  account: AnthropicAccount,
): { readonly charges: readonly Charge[]; readonly remarks: readonly string[] } {
  const lines = toLines(facts);
  const { missing, remarks } =
    facts.totals === null
      ? {
          missing: [],
          remarks: ['Anthropic does not let this key read all cost: cost without a user is missing here.'],
        }
      : findMissing(facts.totals, lines);
  const all = [...lines, ...missing];
  const make = createChargeMaker({ apiKeys: [], workspaces: [] }, account);
  return { charges: all.map(make), remarks };
}

/** The legacy reports write `claude-tag`, newer ones `claude_tag`. */
function productOf({ product }: { readonly product?: string | null | undefined }): string | null {
  return product?.replaceAll('-', '_') ?? null;
}

function groupKey(row: Pick<UserCost & UserUsage, 'actor' | 'starting_at' | 'product' | 'model'>): string {
  const { actor, starting_at, model } = row;
  const who = actor.user_id ?? actor.email_address ?? actor.name ?? '';
  return [utcDay(Date.parse(starting_at)), who, productOf(row), model ?? ''].join(SEPARATOR);
}

function kindOf(row: UserCost): string {
  return row.token_type ?? row.cost_type ?? '';
}

function toLines({ costs, usage }: Facts): readonly Line[] {
  const quantities = indexUsage(usage ?? []);
  const carry = createDailyCarries();
  return costs
    .map((row) => ({ row, key: [groupKey(row), kindOf(row)].join(SEPARATOR) }))
    .toSorted((a, b) => compareText(a.key, b.key) || compareText(a.row.amount, b.row.amount))
    .flatMap(({ row, key }): Line[] => {
      const day = utcDay(Date.parse(row.starting_at));
      const currency = row.currency.toUpperCase();
      const billedCost = carry('billed', currency, day).add(row.amount, -2);
      const listCost = carry('list', currency, day).add(row.list_amount, -2);
      const measured = quantities.get(key) ?? null;
      quantities.delete(key); // no token is counted on two rows
      // A row that is not broken out by kind tells its requests at least.
      const quantity = measured ?? (kindOf(row) === '' ? (row.requests ?? null) : null);
      if (billedCost === 0n && listCost === 0n && (quantity ?? 0) === 0) return [];
      return [
        {
          day,
          currency,
          billedCost,
          listCost,
          quantity,
          apiKeyId: null,
          principalId: row.actor.user_id ?? null,
          email: row.actor.email_address?.toLowerCase() ?? null,
          model: row.model ?? null,
          serviceTier: null,
          costType: row.cost_type ?? null,
          tokenType: row.token_type ?? null,
          product: productOf(row),
          confidence: 'billed',
        },
      ];
    });
}

function indexUsage(rows: readonly UserUsage[]): Map<string, number> {
  const quantities = new Map<string, number>();
  for (const row of rows) {
    for (const [kind, amount] of quantitiesOf(row)) {
      const key = [groupKey(row), kind].join(SEPARATOR);
      quantities.set(key, (quantities.get(key) ?? 0) + amount);
    }
  }
  return quantities;
}

interface Sum {
  readonly day: Day;
  readonly product: string | null;
  readonly currency: string;
  billed: Nanos;
  list: Nanos;
  rows: bigint;
}

/** Per day and product, what all cost is more than the members' cost. */
function findMissing(
  totals: readonly ProductTotal[],
  lines: readonly Line[],
): { readonly missing: readonly Line[]; readonly remarks: readonly string[] } {
  const sums = new Map<string, Sum>();
  const at = (day: Day, product: string | null, currency: string): Sum => {
    const key = JSON.stringify([day, product, currency]);
    const known = sums.get(key) ?? { day, product, currency, billed: 0n, list: 0n, rows: 1n };
    sums.set(key, known);
    return known;
  };
  const carry = createDailyCarries();
  for (const total of totals.toSorted((a, b) => compareText(keyOf(a), keyOf(b)))) {
    const currency = total.currency.toUpperCase();
    const sum = at(total.day, productOf(total), currency);
    sum.billed += carry('billed', currency, total.day).add(total.amount, -2);
    sum.list += carry('list', currency, total.day).add(total.list_amount, -2);
  }
  for (const line of lines) {
    const sum = at(line.day, line.product ?? null, line.currency);
    sum.billed -= line.billedCost;
    sum.list -= line.listCost;
    sum.rows += 1n;
  }
  const ordered = [...sums].toSorted(([a], [b]) => compareText(a, b)).map(([, sum]) => sum);
  const off = ordered.filter(({ billed, rows }) => {
    return absolute(billed) > rows * ROUNDING_NANOS_PER_ROW;
  });
  return {
    missing: off.filter(({ billed }) => billed > 0n).map(toMissing),
    remarks: [
      ...describe(
        off.filter(({ billed }) => billed > 0n),
        `are ${NOBODY}; they stand unattributed`,
      ),
      ...describe(
        off.filter(({ billed }) => billed < 0n),
        'are in the cost of members but not in the report of all cost',
      ),
    ],
  };
}

function keyOf({ day, product }: ProductTotal): string {
  return JSON.stringify([day, product]);
}

function toMissing({ day, product, currency, billed, list }: Sum): Line {
  return {
    day,
    currency,
    billedCost: billed,
    listCost: list < billed ? billed : list,
    quantity: null,
    apiKeyId: null,
    principalId: null,
    email: null,
    model: null,
    serviceTier: null,
    costType: null,
    tokenType: null,
    product,
    confidence: 'billed',
    unattributed: NOBODY,
  };
}

/** One remark a month. */
function describe(sums: readonly Sum[], what: string): readonly string[] {
  const months = new Map<Month, Nanos>();
  for (const { day, billed } of sums) {
    const amount = absolute(billed);
    months.set(monthOf(day), (months.get(monthOf(day)) ?? 0n) + amount);
  }
  return [...months].map(([month, amount]) => `${month}: ${formatNanos(amount)} USD ${what}.`);
}
