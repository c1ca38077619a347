import { addDays, type Day, parseDay, utcDay } from '../../../src/core/base/time.js';
import { type FakeCall, FakeReply, need, pageOf, refuse, startFake, type Trouble } from './server.js';

/** What somebody really spent, in micro-dollars: the vendor shows it rounded to cents in one place. */
interface HfInference {
  readonly day: Day;
  readonly user: string | null;
  readonly model: string;
  readonly microUsd: number;
  readonly requests: number;
  readonly tokens: number;
}

export interface HfAccount {
  readonly token: string;
  readonly organization: string;
  /** The unit in which the fake wants the dates of `usage-v2`. */
  unit: 'seconds' | 'milliseconds';
  inference: HfInference[];
  /** Micro-dollars of one Space per day. */
  spaceMicroUsd: number;
  groupUsage: unknown;
}

export const HF_TOKEN = 'hf_TopSecretOfLarkspur';
const DAYS_PER_PAGE = 3;

/** A week of an organisation: a whole-cent row, a tiny one and one that nobody is named for, each day. */
export function huggingFaceAccount(): HfAccount {
  const first = parseDay('2026-10-30');
  const inference = Array.from({ length: 30 }, (_, index): HfInference[] => {
    const day = addDays(first, index);
    const model = 'deepseek-ai/DeepSeek-V3-0324';
    return [
      { day, user: 'mia-lksp', model, microUsd: 1_432_100 + index, requests: 812, tokens: 2_150_000 },
      { day, user: null, model: 'BAAI/bge-m3', microUsd: 3217, requests: 95, tokens: 40_100 },
      { day, user: 'gone-lksp', model, microUsd: 16_000, requests: 3, tokens: 0 },
    ];
  }).flat();
  return {
    token: HF_TOKEN,
    organization: 'larkspur',
    unit: 'seconds',
    inference,
    spaceMicroUsd: 1_234_567,
    groupUsage: [
      { resourceGroup: { id: 'rg1', name: 'Search' }, totalCostMicroUSD: 9_000_000 },
      { resourceGroupId: 'rg2', totalCostMicroUSD: 1_000_000 },
    ],
  };
}

/** The organisation's API in the documented shapes: end exclusive, `Link` paging, cents rounded row by row. */
export async function startHuggingFace(account: HfAccount, trouble?: Trouble) {
  const path = `/api/organizations/${account.organization}`;
  return await startFake((call) => {
    if (call.headers.authorization !== `Bearer ${account.token}`) refuse(401, 'Invalid token');
    switch (call.endpoint) {
      case `${path}/billing/usage/inference`:
        return inferencePages(call, account);
      case `${path}/billing/usage-v2`:
        return products(call, account);
      case `${path}/billing/usage-by-resource-group`:
        return account.groupUsage;
      case '/api/settings/billing/usage/jobs':
        return { hasAccess: true, usage: { usedMicroUsd: 4_820_000, totalMinutes: 118, jobDetails: [] } };
      case `${path}/members`:
        return linked(call, [
          {
            user: 'mia-lksp',
            fullname: 'Mia Chen',
            email: 'Mia.Chen@larkspur.example',
            role: 'admin',
            type: 'user',
          },
          {
            user: 'tom-lksp',
            fullname: 'Tom Lee',
            email: 'tom.lee@larkspur.example',
            role: 'write',
            type: 'user',
          },
        ]);
      case `${path}/resource-groups`:
        return [
          { id: 'rg1', name: 'Search' },
          { id: 'rg2', name: 'Support' },
        ];
      default:
        return null;
    }
  }, trouble);
}

function linked(call: FakeCall, items: readonly unknown[], size = 1): FakeReply {
  const page = pageOf(items, call.query.get('cursor'), size);
  if (page.next === null) return new FakeReply(page.items);
  const next = new URLSearchParams(call.query);
  next.set('cursor', `c${page.next}`);
  return new FakeReply(page.items, { link: `<https://huggingface.co${call.endpoint}?${next}>; rel="next"` });
}

function inferencePages(call: FakeCall, account: HfAccount): FakeReply {
  const [start, end] = [need(call.query, 'startDate'), need(call.query, 'endDate')];
  const inside = account.inference.filter(
    ({ day }) => start <= `${day}T00:00:00.000Z` && `${day}T00:00:00.000Z` < end,
  );
  const periods = [...new Set(inside.map(({ day }) => day))].map((day) => ({
    period: `${day}T00:00:00.000Z`,
    usage: inside
      .filter((row) => row.day === day)
      .map(({ user, model, microUsd, requests, tokens }) => ({
        user,
        model,
        provider: user === null ? 'hf-inference' : 'together',
        requestCount: requests,
        costCents: Math.round(microUsd / 10_000),
        inputTokens: tokens,
        outputTokens: 0,
      })),
  }));
  return linked(call, periods, DAYS_PER_PAGE);
}

function products({ query }: FakeCall, account: HfAccount) {
  const [start, end] = ['startDate', 'endDate'].map((name) => {
    const given = Number(need(query, name));
    return account.unit === 'seconds' ? given * 1000 : given;
  });
  if (start === undefined || end === undefined || !(start < end)) refuse(400, 'dates');
  const day = utcDay(start);
  const used = account.inference.filter((row) => row.day === day);
  return {
    period: { periodStart: new Date(start).toISOString(), periodEnd: new Date(end).toISOString() },
    usage: {
      inferenceProviders: [
        {
          product: 'inference-providers',
          totalCostMicroUSD: used.reduce((sum, { microUsd }) => sum + microUsd, 0),
        },
      ],
      spaces: [
        {
          product: 'spaces/a10g-small/minutes',
          productPrettyName: 'Space A10G small',
          label: 'larkspur/demo',
          entityId: 'space1',
          quantity: 60,
          unitLabel: 'minutes',
          totalCostMicroUSD: account.spaceMicroUsd,
        },
      ],
    },
  };
}
