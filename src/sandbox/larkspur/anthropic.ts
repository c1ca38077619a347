import { addDays, type Day, daysBetween, weekday } from '../../core/base/time.js';
import type {
  AnthropicActor,
  AnthropicDataset,
  AnthropicTokenType,
  AnthropicUsage,
} from '../vendors/dataset.js';
import { byKnownDay, type Calendar, level } from './calendar.js';
import { emailOf, type Staff, teamOn } from './people.js';
import { createDice, hash, stableId } from './random.js';
import { type Mix, plannedOn, runawayUsd, WORKLOADS, type Workload } from './workloads.js';

/** List price in cents per million tokens. */
const PRICES: Readonly<Record<string, Readonly<Record<AnthropicTokenType, number>>>> = {
  'claude-opus-5-5': prices([400, 500, 800, 20, 2000]),
  'claude-sonnet-5': prices([200, 250, 400, 20, 1000]),
  'claude-haiku-4-5': prices([100, 125, 200, 10, 500]),
};
/** What Larkspur pays of a hundred at list price: it negotiated 8 % off. */
const NET_OF_HUNDRED = 92n;
const MICRO = 1_000_000n;

function prices([fresh, write5m, write1h, read, output]: readonly [number, number, number, number, number]) {
  return {
    uncached_input_tokens: fresh,
    'cache_creation.ephemeral_5m_input_tokens': write5m,
    'cache_creation.ephemeral_1h_input_tokens': write1h,
    cache_read_input_tokens: read,
    output_tokens: output,
  };
}

const MIXES: Readonly<Record<Mix, readonly (readonly [AnthropicTokenType, number])[]>> = {
  chat: [
    ['uncached_input_tokens', 0.42],
    ['cache_read_input_tokens', 0.1],
    ['output_tokens', 0.48],
  ],
  agent: [
    ['cache_creation.ephemeral_5m_input_tokens', 0.3],
    ['cache_read_input_tokens', 0.38],
    ['output_tokens', 0.32],
  ],
  batch: [
    ['uncached_input_tokens', 0.6],
    ['output_tokens', 0.4],
  ],
  code: [
    ['cache_creation.ephemeral_1h_input_tokens', 0.34],
    ['cache_read_input_tokens', 0.41],
    ['output_tokens', 0.25],
  ],
};

const WORKSPACES: readonly (readonly [name: string, tags: Readonly<Record<string, string>>])[] = [
  ['Search', { product: 'Larkspur Search', cost_center: 'CC-310' }],
  ['support-summarizer-prod', { product: 'Helpdesk' }],
  ['CI and agents', { env: 'ci' }],
  ['Platform', { cost_center: 'CC-320' }],
  ['Data Science', { cost_center: 'CC-330' }],
  ['Payments risk', { product: 'Payments', cost_center: 'CC-350' }],
  ['Mobile assistant', { product: 'Mobile app', cost_center: 'CC-340' }],
  ['Growth', {}],
  ['Security', {}],
  ['Claude Code', {}],
  ['Default', {}],
  ['Hackathon', {}],
];
const CODE_WORKSPACE = 'Claude Code';
const CODE_MODEL = 'claude-opus-5-5';

/** The vendor's id of a workspace. */
function workspaceId(name: string): string {
  return stableId('wrkspc_01', name, 18);
}

function anthropicKeyId(name: string): string {
  return stableId('apikey_01', name, 18);
}

function userId(email: string): string {
  return stableId('user_01', email, 18);
}

/** Micro-cents (1e-6 of a cent) as a decimal string of cents: exact, six decimals. */
function cents(microCents: bigint): string {
  return `${microCents / MICRO}.${(microCents % MICRO).toString().padStart(6, '0')}`;
}

/** Tokens that cost about `usd` net in the given mix, and what they cost exactly. */
function linesFor(model: string, mix: Mix, usd: number): AnthropicUsage['lines'] {
  const half = mix === 'batch' ? 2n : 1n; // the batch tier costs half
  return MIXES[mix].flatMap(([tokenType, share]) => {
    const price = PRICES[model]?.[tokenType] ?? 0;
    const netPrice = (price * Number(NET_OF_HUNDRED)) / 100 / Number(half);
    // Whole hundreds of tokens keep every amount at six decimals of a cent.
    const hundreds = BigInt(Math.round((usd * share * 100 * 10_000) / netPrice));
    if (hundreds === 0n) return [];
    const perHundred = (BigInt(price) * 100n) / half;
    return [
      {
        tokenType,
        tokens: Number(hundreds) * 100,
        listCents: cents(hundreds * perHundred),
        amountCents: cents((hundreds * perHundred * NET_OF_HUNDRED) / 100n),
      },
    ];
  });
}

function requestsOf(lines: AnthropicUsage['lines']): number {
  const output = lines.find(({ tokenType }) => tokenType === 'output_tokens')?.tokens ?? 0;
  return Math.max(1, Math.round(output / 450));
}

function toUsage(
  parts: Omit<AnthropicUsage, 'lines' | 'requests' | 'serviceTier'>,
  mix: Mix,
  usd: number,
): AnthropicUsage {
  const lines = linesFor(parts.model, mix, usd);
  return {
    ...parts,
    serviceTier: mix === 'batch' ? 'batch' : 'standard',
    requests: requestsOf(lines),
    lines,
  };
}

function userActor(staff: Staff): AnthropicActor {
  return {
    type: 'user_actor',
    user_id: userId(staff.email),
    email_address: staff.email,
    name: staff.name,
    deleted: staff.stays.at(-1)?.to !== null,
  };
}

function principalOf(workload: Workload, byEmail: ReadonlyMap<string, Staff>): AnthropicActor | null {
  const { principal } = workload;
  if (principal === null) return null;
  if ('service' in principal)
    return { type: 'service_account_actor', service_account_id: stableId('svac_01', principal.service, 18) };
  const person = byEmail.get(emailOf(principal.person));
  return person === undefined ? null : userActor(person);
}

/** Someone with Claude Code: from when, and how much on a day when they use it. */
interface Coder {
  readonly staff: Staff;
  readonly from: Day;
  readonly usd: number;
}

const CODING_TEAMS = new Set([
  'Search',
  'Platform',
  'Data Science',
  'Mobile',
  'Payments',
  'Security',
  'Support Automation',
]);

/** About a third of the engineers, taken on over the year; the cast always. */
function createCoders(calendar: Calendar, people: readonly Staff[]): readonly Coder[] {
  const span = daysBetween(calendar.start, calendar.today);
  return people.flatMap((staff): Coder[] => {
    const dice = createDice(hash(calendar.seed, 'claude-code', staff.email));
    const [wants, when, how] = [dice(), dice(), dice()];
    const isCast = staff.name === 'Diego Paredes' || staff.name === 'Ben Okoye';
    if (staff.kind === 'service' || !CODING_TEAMS.has(staff.stays.at(-1)?.team ?? '')) return [];
    if (!isCast && wants > 0.42) return [];
    const from = isCast ? calendar.start : addDays(calendar.start, Math.floor(when * when * span));
    return [{ staff, from, usd: 14 + 46 * how * how + (isCast ? 20 : 0) }];
  });
}

function codeUsage(calendar: Calendar, coders: readonly Coder[], day: Day): AnthropicUsage[] {
  const isWeekend = weekday(day) >= 6;
  return coders.flatMap(({ staff, from, usd }) => {
    if (day < from || teamOn(staff, day) === null) return [];
    const dice = createDice(hash(calendar.seed, 'coding', staff.email, day));
    if (dice() > (isWeekend ? 0.06 : 0.62)) return [];
    const actor = userActor(staff);
    const parts = { actor, apiKeyId: null, workspaceId: workspaceId(CODE_WORKSPACE), model: CODE_MODEL };
    return [toUsage(parts, 'code', usd * (0.5 + dice()))];
  });
}

/** The company's Anthropic organisation: some thirty keys, Claude Code by person, 8 % off list. */
export function createAnthropic(calendar: Calendar, people: readonly Staff[]): AnthropicDataset {
  const byEmail = new Map(people.map((staff) => [staff.email, staff]));
  const coders = createCoders(calendar, people);
  const keys = WORKLOADS.map((workload) => ({
    workload,
    apiKeyId: anthropicKeyId(workload.key),
    workspaceId: workspaceId(workload.workspace),
    principal: principalOf(workload, byEmail),
  }));
  const keyUsage = (day: Day) =>
    keys.flatMap(({ workload, apiKeyId, workspaceId, principal }) => {
      const planned = plannedOn(calendar, workload, day);
      if (planned === null) return [];
      const usual = planned.usd * level(calendar, day, workload.rhythm, workload.key);
      const usd = runawayUsd(calendar, workload, day) ?? usual;
      if (usd === 0) return [];
      const actor = principal ?? { type: 'api_actor' as const, api_key_id: apiKeyId };
      return [toUsage({ actor, apiKeyId, workspaceId, model: planned.model }, workload.mix, usd)];
    });
  return {
    adminKey: 'sk-ant-admin01-larkspur-sandbox',
    organizationId: 'org_larkspur',
    workspaces: WORKSPACES.map(([name, tags]) => ({
      id: workspaceId(name),
      name,
      tags,
      archivedAt: name === 'Hackathon' ? `${calendar.departure}T12:00:00Z` : null,
    })),
    apiKeys: keys.map(({ workload, apiKeyId, workspaceId, principal }) => ({
      id: apiKeyId,
      name: workload.key,
      status: 'active',
      workspaceId,
      createdByUserId: userId(emailOf(workload.createdBy)),
      principal,
    })),
    users: people
      .filter((staff) => staff.kind !== 'service' && staff.stays.at(-1)?.to === null)
      .map(({ email, name }) => ({ id: userId(email), email, name, role: 'developer' })),
    usage: byKnownDay(calendar, (day) => [...keyUsage(day), ...codeUsage(calendar, coders, day)]),
  };
}
