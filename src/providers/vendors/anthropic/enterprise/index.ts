import { z } from 'zod';
import { parseDay } from '../../../../core/base/time.js';
import { sharedUsage } from '../../../../core/ledger/source-overlap.js';
import type { MissingMoney } from '../../../../core/sources/hold.js';
import { describeConnector, SEAT_PRICE_FIELD } from '../../../connector.js';
import type { ContractPlan } from '../../../parts/contract-seats.js';
import { type Asked, type Made, pullByDays } from '../../../parts/pull-window.js';
import { clampToRefresh, NO_USAGE } from '../freshness.js';
import { rememberActors, toIdentities } from '../identities.js';
import type { User } from '../schema.js';
import { type EnterpriseFacts, fetchEnterprise } from './client.js';
import { toCharges } from './focus.js';
import { toSeats } from './seats.js';

const REACH = { vendor: 'Anthropic', days: 365, earliest: parseDay('2026-01-01') };
const PRODUCT = 'Claude Enterprise';

/** What a seat costs a month by contract (no report says it); without it seats cost nothing here. */
const EnterpriseOptions = z.strictObject({
  seatPrice: z
    .string()
    .regex(/^\d+(\.\d{1,9})?$/, 'must be an amount in quotes such as "20"')
    .optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD')
    .default('USD'),
});
type Options = z.infer<typeof EnterpriseOptions>;

/**
 * Claude Enterprise (claude.ai) by its legacy analytics reports: cost of members by product and model. Figures are
 * revised for up to 30 days. On plans by the seat the reports hold usage credits only.
 */
export const claudeEnterprise = describeConnector({
  kind: 'claude-enterprise',
  needs: 'key',
  options: EnterpriseOptions,
  form: {
    label: 'Claude Enterprise',
    credential: 'An analytics key with read:analytics',
    fields: [SEAT_PRICE_FIELD],
  },
  create(config) {
    const { source, options, clock } = config;
    return {
      source,
      kind: 'claude-enterprise',
      openWindowDays: 35,
      reachDays: REACH.days,
      overlaps: [
        sharedUsage(
          'claude-enterprise',
          'older-cost-feed',
          ({ attributes }) => attributes.seatId === undefined,
        ),
      ],
      pull: pullByDays({ reach: REACH, clock }, async (asked) => {
        const facts = await fetchEnterprise(config, asked.range, asked.today);
        return toPull(facts, { source, options }, asked);
      }),
    };
  },
});

function toPull(
  facts: EnterpriseFacts,
  { source, options }: { readonly source: string; readonly options: Options },
  { range, today, nowMs, known, seats: earlier }: Asked,
): Made {
  const { filled, completeThrough, remarks } = clampToRefresh(range, facts.refreshedAtMs, nowMs);
  const remember = rememberActors(known);
  const costs = facts.costs.map(({ actor, ...row }) => ({
    ...row,
    actor: { ...actor, email_address: remember(actor)?.email_address ?? null },
  }));
  const account = {
    source,
    billingAccountId: facts.organization?.id ?? source,
    billingAccountName: facts.organization?.name ?? null,
  };
  const made = toCharges({ ...facts, costs }, account);
  const seats = toSeats(facts, planOf(source, options), { account, range: filled, today, earlier });
  return {
    account: facts.account,
    told: filled,
    charges: [...made.charges, ...seats.charges],
    identities: toIdentities(
      { apiKeys: [], users: membersOf(facts), workspaces: [], actors: costs.map(({ actor }) => actor) },
      source,
      today,
    ),
    ...(seats.listing !== null && { seats: seats.listing }),
    completeThrough,
    missing: emptyTotals(facts),
    remarks: [...made.remarks, ...remarks, ...seats.remarks, ...(facts.usage === null ? [NO_USAGE] : [])],
  };
}

/** Cost of members that the report of all cost knows nothing of: it is the report that is empty. */
function emptyTotals({ costs, totals }: EnterpriseFacts): readonly MissingMoney[] {
  if (totals === null || totals.length > 0 || costs.length === 0) return [];
  const sentence =
    'Anthropic answered cost_report with nothing, though members have cost: cost without a user would be missing.';
  return [{ part: 'cost_report', sentence }];
}

function planOf(source: string, { seatPrice, currency }: Options): ContractPlan {
  return { source, vendor: PRODUCT, price: seatPrice ?? null, currency };
}

/** Whom the vendor still knows as members. */
function membersOf({ limits }: EnterpriseFacts): readonly User[] {
  return (limits ?? []).flatMap(({ actor: { user_id, email_address, name, deleted } }) =>
    user_id && deleted !== true ? [{ id: user_id, email: email_address, name: name ?? null }] : [],
  );
}
