import { compareText, NANOS_PER_UNIT } from '../../../../core/base/money.js';
import type { Day } from '../../../../core/base/time.js';
import type { MeasureRow } from '../../../../core/ledger/measure.js';
import type { ApiKey, User } from '../schema.js';
import type { ActivityFacts } from './client.js';

/** Measures of what is billed by use, and of what a seat covers: the latter weighs on no bill by use. */
const MEASURES = {
  api: { tokens: 'claude-code-tokens', sessions: 'claude-code-sessions' },
  subscription: {
    tokens: 'claude-code-subscription-tokens',
    sessions: 'claude-code-subscription-sessions',
  },
} as const;

/** Keys by name: the owner where a name belongs to one key. */
type KeyNames = ReadonlyMap<string, readonly Pick<ApiKey, 'id' | 'principal'>[]>;

/**
 * The report as daily weights: tokens of all kinds and sessions a person (lower-case e-mail) or key, several rows of
 * one actor added up. Never money: what it costs stands in the cost feed, and what a subscription covers in its
 * seat. A key stands under its person's address or its id; a name that no key or several keys have stands for
 * itself, and a remark says so.
 */
export function toWeights(facts: Pick<ActivityFacts, 'activity' | 'apiKeys' | 'users'>): {
  readonly measures: readonly MeasureRow[];
  readonly remarks: readonly string[];
} {
  const labelOf = createLabels(facts);
  const sums = new Map<string, MeasureRow>();
  const add = (date: Day, measure: string, label: string, count: number): void => {
    if (count === 0) return;
    const key = JSON.stringify([date, measure, label]);
    const amount = BigInt(count) * NANOS_PER_UNIT;
    sums.set(key, { date, measure, label, amount: (sums.get(key)?.amount ?? 0n) + amount });
  };
  const remarks = new Set<string>();
  for (const { day, row } of facts.activity) {
    const { label, remark } = labelOf(row.actor);
    if (remark !== null) remarks.add(remark);
    const measures = row.customer_type === 'subscription' ? MEASURES.subscription : MEASURES.api;
    for (const { tokens } of row.model_breakdown) {
      const { input, output, cache_read, cache_creation } = tokens;
      add(day, measures.tokens, label, input + output + cache_read + cache_creation);
    }
    add(day, measures.sessions, label, row.core_metrics.num_sessions);
  }
  const measures = [...sums].toSorted(([a], [b]) => compareText(a, b)).map(([, row]) => row);
  return { measures, remarks: [...remarks] };
}

type ActorOfRow = ActivityFacts['activity'][number]['row']['actor'];

function createLabels({ apiKeys, users }: Pick<ActivityFacts, 'apiKeys' | 'users'>) {
  const names = keysByName(apiKeys);
  const emails = new Map(users.map((user: User) => [user.id, user.email?.toLowerCase() ?? null]));
  return (actor: ActorOfRow): { readonly label: string; readonly remark: string | null } => {
    if (actor.email_address) return { label: actor.email_address.toLowerCase(), remark: null };
    const name = actor.api_key_name ?? '';
    if (name === '')
      return {
        label: 'unknown',
        remark: `Claude Code was used by an actor of type ${actor.type} without a name.`,
      };
    const [key, ...others] = names.get(name) ?? [];
    if (key === undefined)
      return {
        label: name,
        remark: `Claude Code was used with a key called "${name}" that no listing knows.`,
      };
    if (others.length > 0) {
      const ids = [key, ...others].map(({ id }) => id).toSorted(compareText);
      return {
        label: name,
        remark: `The key name "${name}" belongs to ${ids.join(', ')}: the report does not tell which of them was used.`,
      };
    }
    return { label: emails.get(key.principal?.user_id ?? '') ?? key.id, remark: null };
  };
}

function keysByName(apiKeys: ActivityFacts['apiKeys']): KeyNames {
  const names = new Map<string, Pick<ApiKey, 'id' | 'principal'>[]>();
  for (const key of apiKeys) {
    if (key.name === null) continue;
    const known = names.get(key.name);
    if (known === undefined) names.set(key.name, [key]);
    else known.push(key);
  }
  return names;
}
