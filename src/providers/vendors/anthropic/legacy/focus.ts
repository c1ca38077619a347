import { compareText, formatNanos, type Nanos } from '../../../../core/base/money.js';
import { type Month, monthOf } from '../../../../core/base/time.js';
import type { Charge } from '../../../../core/ledger/charge.js';
import { createDailyCarries } from '../../../parts/charge-parts.js';
import { type AnthropicAccount, createChargeMaker, type Line, type Who } from '../lines.js';
import { quantitiesOf } from '../schema.js';
import {
  type PriceTraits,
  type ScopedMoney,
  type ScopedPart,
  type ScopedUsage,
  spreadScopes,
} from './cells.js';
import type { LegacyFacts, OfDay } from './client.js';
import type { CostResult, UsageResult } from './schema.js';
import { whoOf } from './who.js';

type Facts = Pick<LegacyFacts, 'costs' | 'usage' | 'told' | 'apiKeys' | 'workspaces'>;

const TOKENS = 'tokens';
/**
 * Cost by workspace and description, spread over the keys, people and service accounts that used the same model,
 * tier, context window, region, speed and token type in that workspace. Pure. The legacy report knows no list price:
 * list cost is the billed cost. `emails` are those of user ids.
 */
export function toCharges(
  facts: Facts,
  account: AnthropicAccount,
  emails: ReadonlyMap<string, string | null>,
): { readonly charges: readonly Charge[]; readonly remarks: readonly string[] } {
  const fast = fastScopes(facts.usage);
  const users = new Map<string, Who>();
  const usage = facts.usage.flatMap((row) => toUsage(row, { emails, users }));
  const byCurrency = new Map<string, ScopedMoney[]>();
  for (const { currency, money } of toMoney(facts, fast)) {
    const known = byCurrency.get(currency) ?? [];
    byCurrency.set(currency, known);
    known.push(money);
  }
  const lines = [...byCurrency].flatMap(([currency, money]) =>
    spreadScopes(money, usage).map((part) => toLine(part, currency, users.get(part.id ?? ''))),
  );
  return {
    charges: lines.map(createChargeMaker(facts, account)),
    remarks: [...unattributedRemarks(lines), ...fastRemarks(facts, fast)],
  };
}

/** Day, workspace, model and tier of usage in fast mode. */
function fastScopes(usage: Facts['usage']): ReadonlySet<string> {
  return new Set(usage.filter(({ speed }) => speed === 'fast').map(speedScope));
}

function speedScope(
  row: OfDay<Pick<CostResult & UsageResult, 'workspace_id' | 'model' | 'service_tier'>>,
): string {
  return JSON.stringify([row.day, row.workspace_id, row.model, row.service_tier]);
}

/** The cost report has no speed of its own: only its descriptions name the fast mode. */
function saysFast({ description }: CostResult): boolean {
  return /\bfast\b/i.test(description ?? '');
}

function toMoney(
  { costs, told }: Facts,
  fast: ReadonlySet<string>,
): readonly { readonly currency: string; readonly money: ScopedMoney }[] {
  const carry = createDailyCarries();
  const namedFast = new Set(costs.filter(saysFast).map((row) => speedScope({ ...row, ...fieldsOf(row) })));
  return costs
    .map((row) => ({ row, key: JSON.stringify([row.day, row.workspace_id, row.description, fieldsOf(row)]) }))
    .toSorted((a, b) => compareText(a.key, b.key) || compareText(a.row.amount, b.row.amount))
    .map(({ row }) => {
      const currency = row.currency.toUpperCase();
      const scope = speedScope({ ...row, ...fieldsOf(row) });
      // Where usage knows a fast mode that no description names, one price row holds both speeds.
      const speedKnown = told.speed && (!fast.has(scope) || namedFast.has(scope));
      const { model, service_tier, token_type, cost_type } = fieldsOf(row);
      return {
        currency,
        money: {
          scope: {
            day: row.day,
            workspaceId: row.workspace_id,
            kind: token_type ?? cost_type ?? (row.description ? `description ${row.description}` : 'unknown'),
            model,
            tier: service_tier,
          },
          traits: {
            contextWindow: row.context_window ?? null,
            inferenceGeo: row.inference_geo ?? null,
            speed: !speedKnown ? null : saysFast(row) ? 'fast' : 'standard',
          },
          amount: carry('billed', currency, row.day).add(row.amount, -2),
        },
      };
    });
}

function fieldsOf(row: CostResult) {
  const { model = null, service_tier = null, token_type = null, cost_type = null } = row;
  return { model, service_tier, token_type, cost_type };
}

function toUsage(
  row: OfDay<UsageResult>,
  { emails, users }: { emails: ReadonlyMap<string, string | null>; users: Map<string, Who> },
): readonly ScopedUsage[] {
  const who = whoOf(row, emails);
  const id = JSON.stringify([who.apiKeyId, who.principalId]);
  users.set(id, who);
  const traits: PriceTraits = {
    contextWindow: row.context_window ?? null,
    inferenceGeo: row.inference_geo ?? null,
    speed: row.speed ?? 'standard',
  };
  return quantitiesOf(row).flatMap(([kind, amount]): ScopedUsage[] => {
    if (amount === 0) return [];
    const scope = {
      day: row.day,
      workspaceId: row.workspace_id,
      kind,
      model: row.model,
      tier: row.service_tier,
    };
    return [{ scope, traits, id, weight: BigInt(amount) }];
  });
}

const NOBODY: Who = { apiKeyId: null, principalId: null, email: null };
const TOKEN_TYPE = /_tokens$/;

function toLine(part: ScopedPart, currency: string, user: Who | undefined): Line {
  const { scope, traits, amount, weight } = part;
  const token = TOKEN_TYPE.test(scope.kind);
  const workbench = user !== undefined && user.apiKeyId === null && user.principalId === null;
  return {
    ...(user ?? NOBODY),
    ...traits,
    day: scope.day,
    currency,
    billedCost: amount,
    listCost: amount,
    quantity: part.id === null ? null : Number(weight),
    workspaceId: scope.workspaceId,
    model: scope.model,
    serviceTier: scope.tier,
    costType: token ? TOKENS : scope.kind,
    tokenType: token ? scope.kind : null,
    confidence: part.spread ? 'spread' : 'billed',
    ...(workbench && { resourceName: 'Workbench' }),
    ...(part.id === null && { unattributed: `no usage of ${scope.kind} to spread it by` }),
  };
}

/** One remark a month and reason: how much stands with its workspace alone. */
function unattributedRemarks(lines: readonly Line[]): readonly string[] {
  const sums = new Map<string, { month: Month; currency: string; why: string; amount: Nanos }>();
  for (const { day, currency, billedCost, unattributed } of lines) {
    if (unattributed === undefined) continue;
    const month = monthOf(day);
    const key = [month, currency, unattributed].join('|');
    const sum = sums.get(key) ?? { month, currency, why: unattributed, amount: 0n };
    sums.set(key, { ...sum, amount: sum.amount + billedCost });
  }
  return [...sums.values()].map(
    ({ month, currency, why, amount }) =>
      `${month}: ${formatNanos(amount)} ${currency} stay with their workspace, no key or person: ${why}.`,
  );
}

function fastRemarks({ costs }: Facts, fast: ReadonlySet<string>): readonly string[] {
  const named = new Set(costs.filter(saysFast).map((row) => speedScope({ ...row, ...fieldsOf(row) })));
  const untold = [...fast].filter((scope) => !named.has(scope)).length;
  return untold === 0
    ? []
    : [
        `On ${untold} days of a workspace and model no cost names the fast mode that was used: it is spread as if it had cost the same as the standard speed.`,
      ];
}
