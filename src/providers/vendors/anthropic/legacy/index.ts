import { createNanoCarry, type Nanos } from '../../../../core/base/money.js';
import { type Day, type DayRange, utcDay } from '../../../../core/base/time.js';
import { sharedUsage } from '../../../../core/ledger/overlap.js';
import type { VendorIdentity } from '../../../../core/people/data.js';
import type { AdminKeyConfig } from '../../../http/http.js';
import { compareWithControl } from '../../../parts/charge-parts.js';
import { keepWithin } from '../../../parts/pull-parts.js';
import { withinReach } from '../../../parts/pull-window.js';
import type { Provider, Pull } from '../../../provider.js';
import { clampToRefresh } from '../freshness.js';
import { rememberActors, toIdentities, withRemembered } from '../identities.js';
import type { Actor } from '../schema.js';
import { fetchLegacy, type LegacyFacts } from './client.js';
import { toCharges } from './focus.js';
import { toUnrated } from './priority.js';

/** The vendor states no limit; ten years are more than it can have. */
const REACH = { vendor: 'Anthropic', days: 3650, earliest: null };

/**
 * Anthropic by its legacy Usage & Cost Admin API: money by workspace and description, spread over keys and people by
 * their usage. For organisations without the analytics beta; never beside kind `anthropic` for the same one.
 */
export function createAnthropicLegacyProvider(config: AdminKeyConfig): Provider {
  return {
    source: config.source,
    kind: 'anthropic-legacy',
    openWindowDays: 35,
    reachDays: null,
    // Claude on Bedrock, Vertex or Foundry is in no report of the vendor: it comes from the cloud's bill.
    overlaps: [sharedUsage('anthropic', 'older-cost-feed')],
    async pull(window, known) {
      const nowMs = config.clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const facts = await fetchLegacy(config, range);
      const pull = toPull(facts, { range, source: config.source, nowMs, known });
      return { ...pull, remarks: [...remarks, ...pull.remarks] };
    },
  };
}

function toPull(
  facts: LegacyFacts,
  asked: {
    readonly range: DayRange;
    readonly source: string;
    readonly nowMs: number;
    readonly known: readonly VendorIdentity[];
  },
): Pull {
  const { source, nowMs, known } = asked;
  const { filled, completeThrough } = clampToRefresh(asked.range, null, nowMs);
  const actors = actorsOf(facts, known);
  const emails = new Map(actors.map(({ user_id, email_address }) => [user_id ?? '', email_address ?? null]));
  const account = {
    source,
    billingAccountId: facts.organization?.id ?? source,
    billingAccountName: facts.organization?.name ?? null,
  };
  const remembered = withRemembered(facts, known);
  const { charges: all, remarks } = toCharges(remembered, account, emails);
  const { charges, remarks: leftOut } = keepWithin(all, filled);
  return {
    scope: { kind: 'charge-days', ...filled },
    charges,
    raw: facts.raw,
    identities: toIdentities({ ...facts, actors }, source, utcDay(nowMs)),
    unrated: { usage: toUnrated(remembered, account, { emails, range: filled }), billed: [] },
    completeThrough,
    remarks: [
      ...remarks,
      ...compareWithControl(charges, controlOf(facts), completeThrough, 'ungrouped cost report of Anthropic'),
      ...leftOut,
      ...facts.listRemarks,
      ...toldRemarks(facts),
    ],
  };
}

/** The people and service accounts of the usage, with the addresses that are listed or remembered. */
function actorsOf({ usage, users }: LegacyFacts, known: readonly VendorIdentity[]): readonly Actor[] {
  const remember = rememberActors(known);
  const listed = new Map(users.map((user) => [user.id, user]));
  const actors = new Map<string, Actor>();
  for (const { account_id, service_account_id } of usage) {
    if (account_id) {
      const user = listed.get(account_id);
      const email_address = user?.email?.toLowerCase() ?? null;
      const actor = { type: 'user_actor', user_id: account_id, name: user?.name, email_address };
      actors.set(account_id, remember(actor) ?? actor);
    }
    if (service_account_id)
      actors.set(service_account_id, { type: 'service_account_actor', service_account_id });
  }
  return [...actors.values()];
}

function controlOf({ totals }: LegacyFacts): ReadonlyMap<Day, Nanos> {
  const carry = createNanoCarry();
  const days = new Map<Day, Nanos>();
  for (const { day, amount } of totals) days.set(day, (days.get(day) ?? 0n) + carry.add(amount, -2));
  return days;
}

function toldRemarks({ told, organization }: LegacyFacts): readonly string[] {
  return [
    ...(told.accounts
      ? []
      : ['Anthropic does not group usage by account here: keys are known, people are not.']),
    ...(told.speed
      ? []
      : ['Anthropic does not group usage by speed here: fast mode is spread like standard.']),
    ...(organization === null ? ['Anthropic does not name the organisation to this key.'] : []),
  ];
}
