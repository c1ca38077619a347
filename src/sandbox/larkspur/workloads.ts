import { addDays, type Day, daysBetween } from '../../core/base/time.js';
import type { Calendar, Rhythm } from './calendar.js';

/** How a workload's money splits over the token types it pays for. */
export type Mix = 'chat' | 'agent' | 'batch' | 'code';

/** An Anthropic API key and what runs on it. Dollars are net, of a weekday before growth. */
export interface Workload {
  readonly key: string;
  readonly workspace: string;
  readonly model: string;
  readonly usd: number;
  readonly mix: Mix;
  readonly rhythm: Rhythm;
  /** Name of its service account, e-mail local part of its person (`mia.chen`), or nothing at all. */
  readonly principal: { readonly service: string } | { readonly person: string } | null;
  /** Name of the person who created it. */
  readonly createdBy: string;
  /** How many days ago it began; absent: it is older than the story. */
  readonly since?: number;
}

/** Customers use it at weekends too. */
const LIVE: Rhythm = { weekend: 0.72, monthEnd: 1 };
/** People and pipelines that rest at weekends. */
const OFFICE: Rhythm = { weekend: 0, monthEnd: 1 };
const NIGHTLY: Rhythm = { weekend: 0.9, monthEnd: 1 };
const CLOSING: Rhythm = { weekend: 0.6, monthEnd: 2.6 };

const OPUS = 'claude-opus-5-5';
const SONNET = 'claude-sonnet-5';
const HAIKU = 'claude-haiku-4-5';

function service(name: string): { readonly service: string } {
  return { service: name };
}

/** The workload that ran wild, the one nobody knows, and the one that changed its model. */
const RUNAWAY_KEY = 'ci-flaky-test-fixer';
const UNOWNED_KEY = 'tmp-migration-2';
const SWITCHED_KEY = 'search-ranker-prod';
/** What the ranker cost a day on opus, and on what it runs now. */
const BEFORE_SWITCH = { model: OPUS, usd: 340 } as const;
const RUNAWAY_USD = [655, 890, 310] as const;
const SECOND_RUNAWAY_KEY = 'growth-experiments';
const SECOND_RUNAWAY_USD = [410, 720, 540] as const;

type Row = readonly [
  key: string,
  model: string,
  usd: number,
  mix: Mix,
  rhythm: Rhythm,
  createdBy: string,
  since?: number,
];

function inWorkspace(workspace: string, rows: readonly Row[]): readonly Workload[] {
  return rows.map(([key, model, usd, mix, rhythm, createdBy, since]) => ({
    key,
    workspace,
    model,
    usd,
    mix,
    rhythm,
    createdBy,
    principal: service(key.replace(/-prod$/, '')),
    ...(since === undefined ? {} : { since }),
  }));
}

/** A key that belongs to a person: the vendor names them on every row. */
function personal(workload: Omit<Workload, 'principal'>): Workload {
  return { ...workload, principal: { person: workload.createdBy } };
}

/** Every Anthropic key of the company. */
export const WORKLOADS: readonly Workload[] = [
  ...inWorkspace('Search', [
    [SWITCHED_KEY, SONNET, 175, 'chat', LIVE, 'Mia Chen'],
    ['search-query-rewrite-prod', HAIKU, 62, 'chat', LIVE, 'Mia Chen'],
    ['search-evals', SONNET, 46, 'batch', OFFICE, 'Mia Chen', 290],
  ]),
  personal({
    key: 'mia-notebooks',
    workspace: 'Search',
    model: OPUS,
    usd: 14,
    mix: 'agent',
    rhythm: OFFICE,
    createdBy: 'Mia Chen',
    since: 240,
  }),
  ...inWorkspace('support-summarizer-prod', [
    ['support-summarizer-prod', SONNET, 265, 'chat', LIVE, 'Ben Okoye'],
    ['support-triage-prod', HAIKU, 72, 'chat', LIVE, 'Ben Okoye'],
    ['support-evals', SONNET, 24, 'batch', OFFICE, 'Kofi Mensah', 180],
  ]),
  ...inWorkspace('CI and agents', [
    ['ci-nightly', HAIKU, 29, 'batch', NIGHTLY, 'Rosa Lindholm'],
    ['ci-review', OPUS, 96, 'agent', OFFICE, 'Rosa Lindholm'],
    [RUNAWAY_KEY, SONNET, 52, 'agent', NIGHTLY, 'Rosa Lindholm', 150],
    ['ci-docs', HAIKU, 12, 'batch', OFFICE, 'Rosa Lindholm', 95],
  ]),
  ...inWorkspace('Platform', [
    ['platform-gateway-prod', SONNET, 112, 'chat', LIVE, 'Priya Raman'],
    ['platform-oncall-bot', SONNET, 18, 'agent', LIVE, 'Priya Raman', 220],
  ]),
  ...inWorkspace('Data Science', [
    ['ds-batch-enrichment', HAIKU, 92, 'batch', CLOSING, 'Jonas Weber'],
    ['ds-evals', SONNET, 42, 'batch', OFFICE, 'Jonas Weber', 270],
  ]),
  personal({
    key: 'jonas-notebooks',
    workspace: 'Data Science',
    model: OPUS,
    usd: 52,
    mix: 'agent',
    rhythm: OFFICE,
    createdBy: 'Jonas Weber',
  }),
  ...inWorkspace('Payments risk', [
    ['payments-risk-prod', OPUS, 152, 'chat', LIVE, 'Tunde Balogun'],
    ['payments-dispute-letters-prod', SONNET, 47, 'chat', LIVE, 'Tunde Balogun', 205],
  ]),
  ...inWorkspace('Mobile assistant', [
    ['mobile-assistant-prod', HAIKU, 83, 'chat', LIVE, 'Aiko Tanaka', 340],
    ['mobile-evals', SONNET, 13, 'batch', OFFICE, 'Aiko Tanaka', 230],
  ]),
  ...inWorkspace('Growth', [
    ['growth-copywriter-prod', SONNET, 66, 'chat', OFFICE, 'Lucia Fernandez'],
    ['growth-experiments', HAIKU, 21, 'chat', OFFICE, 'Lucia Fernandez', 75],
  ]),
  ...inWorkspace('Security', [
    ['security-code-scan', OPUS, 76, 'agent', NIGHTLY, 'Elif Kaya', 160],
    ['security-phishing-triage', HAIKU, 15, 'chat', LIVE, 'Elif Kaya'],
  ]),
  {
    key: UNOWNED_KEY,
    workspace: 'Default',
    model: OPUS,
    usd: 97,
    mix: 'agent',
    rhythm: NIGHTLY,
    principal: null,
    createdBy: 'Sam Whitlock',
    since: 190,
  },
];

/** The model and weekday dollars of a workload on a day, after what the story does to it; null before it began. */
export function plannedOn(
  calendar: Calendar,
  workload: Workload,
  day: Day,
): { model: string; usd: number } | null {
  if (workload.since !== undefined && day < addDays(calendar.today, -workload.since)) return null;
  if (workload.key === SWITCHED_KEY && day < calendar.modelSwitch) return BEFORE_SWITCH;
  return workload;
}

/** Dollars that a runaway burned on the day, whatever the rhythm; null on the days when it behaved. */
export function runawayUsd(calendar: Calendar, workload: Workload, day: Day): number | null {
  const nth = (first: Day): number => daysBetween(first, day);
  if (workload.key === RUNAWAY_KEY) return RUNAWAY_USD[nth(calendar.runaway)] ?? null;
  if (workload.key === SECOND_RUNAWAY_KEY) return SECOND_RUNAWAY_USD[nth(calendar.secondRunaway)] ?? null;
  return null;
}
