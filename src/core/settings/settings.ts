import { z } from 'zod';
import { NANOS_PER_UNIT } from '../base/money.js';
import { dayIn } from '../base/time.js';
import { DEFAULT_MATERIALITY, type Materiality } from '../close/checklist.js';
import type { ApprovalPolicy } from '../rule-review/approval.js';

/** An IANA time zone such as Europe/Berlin. */
export const TimeZone = z.string().refine((zone) => {
  try {
    return dayIn(zone, 0).length > 0;
  } catch {
    return false;
  }
}, 'is not an IANA time zone such as Europe/Berlin');

/** A Slack channel: its id, or `#name`. */
const Channel = z.string().regex(/^([CDG][A-Z0-9]{2,}|#\S{1,80})$/, 'must be a channel id or #name');
const Hour = z.int().min(0).max(23);
/** Monday 1 to Sunday 7 (ISO). */
const Weekday = z.int().min(1).max(7);
const Amount = z.bigint().min(0n);
/** Hundredths of a per cent. */
const BasisPoints = z.int().min(0).max(10_000);

/** What a channel hears about: everything (null), or what one owner of a dimension spends. */
const SubscribedScope = z
  .strictObject({ dimension: z.string().min(1).max(63), owner: z.string().min(1).max(200) })
  .nullable();

/** A digest that a channel has asked for, besides what teams get anyway. */
export const Subscription = z.strictObject({
  channel: Channel,
  scope: SubscribedScope,
  /** `on` is a weekday (1-7) or, monthly, a day of the month (1-28; null: its first working day). */
  cadence: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('weekly'), on: Weekday }),
    z.strictObject({ kind: z.literal('monthly'), on: z.int().min(1).max(28).nullable() }),
  ]),
  hour: Hour,
  /** Absent: that of the digests. */
  timeZone: TimeZone.optional(),
});
export type Subscription = z.infer<typeof Subscription>;

/** Slack users (`U…`) and user groups (`S…`) that have a role. */
export const Members = z.strictObject({
  users: z.array(z.string().regex(/^[UW][A-Z0-9]+$/, 'must be Slack user ids')).max(100),
  groups: z.array(z.string().regex(/^S[A-Z0-9]+$/, 'must be Slack user group ids')).max(20),
});
export type Members = z.infer<typeof Members>;

/** Who sees which figures: one's own team and those one leads, also those below it, or all. */
export const TEAM_POLICIES = ['own-team', 'sub-teams', 'all'] as const;
/** Who sees people ranked by their spend; `managers` adds to FinOps and leaders those who lead the team. */
export const PEOPLE_POLICIES = ['nobody', 'finops', 'finops-and-leaders', 'managers'] as const;

/** Whether Slack's guests are answered like members; people of other workspaces never are. */
export const GUEST_POLICIES = ['refused', 'admitted'] as const;

/** What may be set, by area; each area is changed as a whole. */
export const Settings = z.strictObject({
  /** Where a team's messages go, by team name; it wins over the channel in the directory. */
  channels: z.strictObject({ teams: z.record(z.string().min(1).max(200), Channel) }),
  subscriptions: z.array(Subscription).max(200),
  /** When digests are written, in which zone. */
  digest: z.strictObject({
    weekday: Weekday,
    hour: Hour,
    timeZone: TimeZone,
    /** Day of the month of monthly digests; absent: the first working day. */
    monthDay: z.int().min(1).max(28).optional(),
  }),
  /** How much may stay unallocated in a month that is locked. */
  materiality: z.strictObject({ amount: Amount, basisPoints: BasisPoints }),
  /** How far closed days may fall in a pull before it waits for a person: both must be exceeded. */
  pulls: z.strictObject({ amount: Amount, basisPoints: BasisPoints }),
  /** Above what moved money a change of the rules needs a second person; a null threshold: never. */
  approval: z.strictObject({ threshold: Amount.nullable(), basisPoints: BasisPoints.nullable() }),
  alerts: z.strictObject({
    /** A rise below this much money (the currency of the figures) or below this share of what is usual is no alert. */
    floor: Amount,
    basisPoints: z.int().min(0).max(1_000_000),
    /** Parent messages a day for each team, and for FinOps; what is beyond goes into one roll-up. */
    dailyCap: z.int().min(1).max(1_000),
    /** Hours after which an unanswered alert goes to the owner's manager; null: never. */
    escalateAfterHours: z
      .int()
      .min(1)
      .max(24 * 14)
      .nullable(),
    /** Hours (from, up to) in which nothing but FinOps's own channel is written to; null: no such hours. */
    quietHours: z.strictObject({ from: Hour, to: Hour }).nullable(),
  }),
  /** Besides those whom the configuration names as FinOps: these can never be locked out. */
  roles: z.strictObject({ finops: Members, finance: Members, leader: Members }),
  visibility: z.strictObject({
    teams: z.enum(TEAM_POLICIES),
    people: z.enum(PEOPLE_POLICIES),
    guests: z.enum(GUEST_POLICIES).default('refused'),
  }),
  /** ISO 4217 currency in which questions are answered. */
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD'),
});
/** All settings in force: what FinOps has set, over the defaults of the configuration. */
export type Settings = z.infer<typeof Settings>;

/** The name of a part of the settings that is changed as a whole. */
export const SettingsArea = Settings.keyof();
export type SettingsArea = z.infer<typeof SettingsArea>;

/** One change of an area, as it was recorded; a null `value` went back to the default. */
export interface SettingsEdition {
  /** Grows with every change of any area. */
  readonly number: number;
  readonly area: SettingsArea;
  readonly value: unknown;
  /** In the form of audit rows. */
  readonly author: string;
  readonly recordedAtMs: number;
}

/** What the configuration says, for everything that nobody has set in Slack. */
export function defaultSettings(company: {
  readonly timeZone: string;
  readonly currency: string;
  readonly materiality?: Materiality;
  readonly approval?: ApprovalPolicy;
}): Settings {
  const nobody: Members = { users: [], groups: [] };
  return {
    channels: { teams: {} },
    subscriptions: [],
    digest: { weekday: 1, hour: 9, timeZone: company.timeZone },
    materiality: company.materiality ?? DEFAULT_MATERIALITY,
    pulls: { amount: 50n * NANOS_PER_UNIT, basisPoints: 2_000 },
    approval: company.approval ?? { threshold: null, basisPoints: null },
    alerts: {
      floor: 25n * NANOS_PER_UNIT,
      basisPoints: 2_500,
      dailyCap: 10,
      escalateAfterHours: 48,
      quietHours: null,
    },
    roles: { finops: nobody, finance: nobody, leader: nobody },
    visibility: { teams: 'all', people: 'finops', guests: 'refused' },
    currency: company.currency,
  };
}

/** What is wrong with a value of an area, in one sentence; null when it is good. */
export function areaProblem(area: SettingsArea, value: unknown): string | null {
  const parsed = Settings.shape[area].safeParse(value);
  if (parsed.success) return null;
  const issue = parsed.error.issues[0];
  const where = [area, ...(issue?.path ?? [])].join('.');
  return `Setting ${where}: ${issue?.message ?? 'is not valid'}.`;
}

/**
 * The settings in force: the latest edition of each area over the defaults. What an older version of the app has
 * written and this one cannot read is left out, and named.
 */
export function settingsOf(
  defaults: Settings,
  latest: readonly SettingsEdition[],
): { readonly settings: Settings; readonly unreadable: readonly SettingsArea[] } {
  const set = latest.filter(({ value }) => value !== null);
  const readable = set.filter(({ area, value }) => areaProblem(area, value) === null);
  const overrides = Object.fromEntries(readable.map(({ area, value }) => [area, value]));
  return {
    settings: Settings.parse({ ...defaults, ...overrides }),
    unreadable: set.filter((edition) => !readable.includes(edition)).map(({ area }) => area),
  };
}
