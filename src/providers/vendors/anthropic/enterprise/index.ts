import { z } from 'zod';
import { type DayRange, parseDay, utcDay } from '../../../../core/base/time.js';
import { sharedUsage } from '../../../../core/ledger/overlap.js';
import type { VendorIdentity } from '../../../../core/people/data.js';
import type { Seat } from '../../../../core/seats/seat.js';
import type { AdminKeyConfig } from '../../../http/http.js';
import type { ContractPlan } from '../../../parts/contract-seats.js';
import { keepWithin } from '../../../parts/pull-parts.js';
import { withinReach } from '../../../parts/pull-window.js';
import type { Provider, Pull } from '../../../provider.js';
import { clampToRefresh, NO_USAGE } from '../freshness.js';
import { rememberActors, toIdentities } from '../identities.js';
import type { User } from '../schema.js';
import { type EnterpriseFacts, fetchEnterprise } from './client.js';
import { toCharges } from './focus.js';
import { toSeats } from './seats.js';

const REACH = { vendor: 'Anthropic', days: 365, earliest: parseDay('2026-01-01') };
const PRODUCT = 'Claude Enterprise';

/** Options of the kind: what a seat costs a month by contract (no report says it); without it seats cost nothing here. */
export const EnterpriseOptions = z.strictObject({
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
export function createClaudeEnterpriseProvider(
  config: AdminKeyConfig,
  options: Options = EnterpriseOptions.parse({}),
): Provider {
  return {
    source: config.source,
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
    async pull(window, known, seats = []) {
      const nowMs = config.clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const facts = await fetchEnterprise(config, range, utcDay(nowMs));
      const pull = toPull(facts, { range, source: config.source, nowMs, known, seats, options });
      return { ...pull, remarks: [...remarks, ...pull.remarks] };
    },
  };
}

function toPull(
  facts: EnterpriseFacts,
  asked: {
    readonly range: DayRange;
    readonly source: string;
    readonly nowMs: number;
    readonly known: readonly VendorIdentity[];
    readonly seats: readonly Seat[];
    readonly options: Options;
  },
): Pull {
  const { source, nowMs, range, options } = asked;
  const { filled, completeThrough, remarks } = clampToRefresh(range, facts.refreshedAtMs, nowMs);
  const remember = rememberActors(asked.known);
  const costs = facts.costs.map(({ actor, ...row }) => ({
    ...row,
    actor: { ...actor, email_address: remember(actor)?.email_address ?? null },
  }));
  const account = {
    source,
    billingAccountId: facts.organization?.id ?? source,
    billingAccountName: facts.organization?.name ?? null,
  };
  const told = toCharges({ ...facts, costs }, account);
  const { charges: kept, remarks: leftOut } = keepWithin(told.charges, filled);
  const today = utcDay(nowMs);
  const seats = toSeats(facts, planOf(source, options), {
    account,
    range: filled,
    today,
    earlier: asked.seats,
  });
  return {
    scope: { kind: 'charge-days', ...filled },
    charges: [...kept, ...seats.charges],
    raw: facts.raw,
    identities: toIdentities(
      { apiKeys: [], users: membersOf(facts), workspaces: [], actors: costs.map(({ actor }) => actor) },
      source,
      today,
    ),
    ...(seats.listing !== null && { seats: seats.listing }),
    completeThrough,
    remarks: [...told.remarks, ...leftOut, ...remarks, ...seats.remarks, ...usageRemarks(facts)],
  };
}

function usageRemarks({ usage }: EnterpriseFacts): readonly string[] {
  return usage === null ? [NO_USAGE] : [];
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
