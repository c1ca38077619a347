import { createNanoCarry, type Nanos } from '../../../../core/base/money.js';
import type { Day } from '../../../../core/base/time.js';
import { sharedUsage } from '../../../../core/ledger/source-overlap.js';
import type { VendorIdentity } from '../../../../core/people/data.js';
import { describeConnector, NO_OPTIONS } from '../../../connector.js';
import { compareWithControl } from '../../../parts/charge-parts.js';
import { addTo } from '../../../parts/pull-parts.js';
import { type Asked, holdsDay, type Made, pullByDays } from '../../../parts/pull-window.js';
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
export const anthropicLegacy = describeConnector({
  kind: 'anthropic-legacy',
  needs: 'key',
  options: NO_OPTIONS,
  form: { label: 'Anthropic: older cost report', credential: 'An Admin API key of the organisation' },
  create(config) {
    const { source, clock } = config;
    return {
      source,
      kind: 'anthropic-legacy',
      openWindowDays: 35,
      reachDays: null,
      // Claude on Bedrock, Vertex or Foundry is in no report of the vendor: it comes from the cloud's bill.
      overlaps: [sharedUsage('anthropic', 'older-cost-feed')],
      pull: pullByDays({ reach: REACH, clock }, async (asked) =>
        toPull(await fetchLegacy(config, asked.range), source, asked),
      ),
    };
  },
});

function toPull(facts: LegacyFacts, source: string, { range, today, nowMs, known }: Asked): Made {
  const { filled, completeThrough } = clampToRefresh(range, null, nowMs);
  const actors = actorsOf(facts, known);
  const emails = new Map(actors.map(({ user_id, email_address }) => [user_id ?? '', email_address ?? null]));
  const account = {
    source,
    billingAccountId: facts.organization?.id ?? source,
    billingAccountName: facts.organization?.name ?? null,
  };
  const remembered = withRemembered(facts, known);
  const { charges, remarks } = toCharges(remembered, account, emails);
  const kept = charges.filter(({ chargeDay }) => holdsDay(filled, chargeDay));
  const control = 'ungrouped cost report of Anthropic';
  return {
    account: facts.account,
    told: filled,
    charges,
    identities: toIdentities({ ...facts, actors }, source, today),
    unrated: { usage: toUnrated(remembered, account, { emails, range: filled }), billed: [] },
    completeThrough,
    differences:
      facts.totals === null
        ? []
        : compareWithControl(kept, controlOf(facts.totals), completeThrough, control),
    remarks: [...remarks, ...facts.listRemarks, ...describeTold(facts)],
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

function controlOf(totals: NonNullable<LegacyFacts['totals']>): ReadonlyMap<Day, Nanos> {
  const carry = createNanoCarry();
  const days = new Map<Day, Nanos>();
  for (const { day, amount } of totals) addTo(days, day, carry.add(amount, -2));
  return days;
}

function describeTold({ told, organization }: LegacyFacts): readonly string[] {
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
