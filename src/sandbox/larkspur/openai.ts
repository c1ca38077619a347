import { addDays, type Day } from '../../core/base/time.js';
import type { OpenAiCost, OpenAiDataset } from '../vendors/dataset.js';
import { byKnownDay, type Calendar, level, type Rhythm } from './calendar.js';
import { emailOf, type Staff } from './people.js';
import { stableId } from './random.js';

/** A line of a model's price list: cents for a million tokens, or for one image. */
interface Price {
  readonly kind: string;
  readonly cents: number;
  readonly share: number;
  readonly unit: 'tokens' | 'images';
}

/** What a key or project spends its money on. */
interface OpenAiWorkload {
  readonly project: string;
  /** Null: the project's playground, which has no key. */
  readonly key: string | null;
  readonly model: string;
  /** Dollars of a weekday, before growth. */
  readonly usd: number;
  readonly rhythm: Rhythm;
  /** Name of the person, null for a service account of the key's name. */
  readonly person: string | null;
  readonly since: number;
}

function tokens(input: number, cached: number, output: number): readonly Price[] {
  return [
    { kind: 'input_tokens', cents: input, share: 0.5, unit: 'tokens' },
    { kind: 'cached_input_tokens', cents: cached, share: 0.08, unit: 'tokens' },
    { kind: 'output_tokens', cents: output, share: 0.42, unit: 'tokens' },
  ];
}

const MODELS: Readonly<Record<string, readonly Price[]>> = {
  'gpt-6-sol': tokens(200, 20, 1000),
  'gpt-6-astra': tokens(500, 50, 2500),
  'gpt-6-luna': tokens(40, 4, 200),
  'text-embedding-3-large': [{ kind: 'input_tokens', cents: 13, share: 1, unit: 'tokens' }],
  'gpt-image-2': [{ kind: '1024x1024', cents: 4, share: 1, unit: 'images' }],
};

const LIVE: Rhythm = { weekend: 0.7, monthEnd: 1 };
const OFFICE: Rhythm = { weekend: 0, monthEnd: 1 };
const CLOSING: Rhythm = { weekend: 0.4, monthEnd: 2.6 };
const OLD = 9999; // older than the story

type Row = readonly [
  project: string,
  key: string | null,
  model: string,
  usd: number,
  rhythm: Rhythm,
  person: string | null,
  since: number,
];

const ROWS: readonly Row[] = [
  ['support-router', 'support-router-prod', 'gpt-6-sol', 92, LIVE, null, OLD],
  ['support-router', 'support-voice-notes', 'gpt-6-luna', 14, LIVE, null, 140],
  ['search', 'search-embeddings-prod', 'text-embedding-3-large', 44, LIVE, null, OLD],
  ['search', 'search-rerank-prod', 'gpt-6-luna', 38, LIVE, null, OLD],
  ['search', 'mia-laptop', 'gpt-6-astra', 5, OFFICE, 'Mia Chen', 200],
  ['data-science', 'ds-forecast-batch', 'gpt-6-sol', 41, CLOSING, null, OLD],
  ['data-science', 'ds-evals-oai', 'gpt-6-astra', 33, OFFICE, null, 170],
  ['data-science', 'jonas-colab', 'gpt-6-sol', 9, OFFICE, 'Jonas Weber', 350],
  ['payments', 'payments-kyc-prod', 'gpt-6-sol', 64, LIVE, null, OLD],
  ['mobile', 'mobile-suggestions-prod', 'gpt-6-luna', 27, LIVE, null, 215],
  ['growth', 'growth-images-prod', 'gpt-image-2', 48, OFFICE, null, OLD],
  ['platform', 'platform-fallback-prod', 'gpt-6-sol', 31, LIVE, null, OLD],
  ['platform', 'ci-codegen', 'gpt-6-astra', 29, OFFICE, null, 130],
  ['security', 'security-red-team', 'gpt-6-astra', 18, OFFICE, null, 85],
  ['playground', null, 'gpt-6-sol', 8, OFFICE, null, OLD],
];

const WORKLOADS: readonly OpenAiWorkload[] = ROWS.map(
  ([project, key, model, usd, rhythm, person, since]) => ({
    project,
    key,
    model,
    usd,
    rhythm,
    person,
    since,
  }),
);

/** The vendor's id of a project. */
function projectId(name: string): string {
  return stableId('proj_', name, 20);
}

function keyId(name: string): string {
  return stableId('key_', name, 16);
}

function userId(name: string): string {
  return stableId('user-', name, 20);
}

/** Micro-dollars as a decimal string, exact. */
function dollars(microDollars: bigint): string {
  return `${microDollars / 1_000_000n}.${(microDollars % 1_000_000n).toString().padStart(6, '0')}`;
}

/** How much of a thing about so many dollars buy, and what exactly that costs. */
function bought(price: Price, usd: number): { quantity: number; amountUsd: string } {
  const amount = usd * price.share * 100;
  if (price.unit === 'images') {
    const quantity = Math.round(amount / price.cents);
    return { quantity, amountUsd: dollars(BigInt(quantity * price.cents) * 10_000n) };
  }
  // Cents for a million tokens are micro-dollars for a hundred.
  const hundreds = Math.round((amount / price.cents) * 10_000);
  return { quantity: hundreds * 100, amountUsd: dollars(BigInt(hundreds) * BigInt(price.cents)) };
}

function costsOf(calendar: Calendar, workload: OpenAiWorkload, day: Day): OpenAiCost[] {
  const { project, key, model, person } = workload;
  if (day < addDays(calendar.today, -workload.since)) return [];
  const usd = workload.usd * level(calendar, day, workload.rhythm, `openai ${key ?? project}`);
  return (MODELS[model] ?? []).flatMap((price) => {
    const { quantity, amountUsd } = bought(price, usd);
    if (quantity === 0) return [];
    return [
      {
        projectId: projectId(project),
        apiKeyId: key === null ? null : keyId(key),
        userId: key === null ? null : userId(person ?? key),
        lineItem: `${model}, ${price.kind}`,
        amountUsd,
        quantity,
        quantityUnit: price.unit,
      },
    ];
  });
}

function ownerOf(
  key: string,
  person: string | null,
): OpenAiDataset['projects'][number]['apiKeys'][number]['owner'] {
  return person === null
    ? { type: 'service_account', id: userId(key), name: key.replace(/-prod$/, ''), email: null }
    : { type: 'user', id: userId(person), name: person, email: emailOf(person) };
}

/** The company's OpenAI organisation: one project a team, service accounts in production, two people's own keys. */
export function createOpenAi(calendar: Calendar, people: readonly Staff[]): OpenAiDataset {
  const projects = [...new Set([...WORKLOADS.map(({ project }) => project), 'hackathon'])];
  return {
    adminKey: 'sk-admin-larkspur-sandbox',
    organizationId: 'org-larkspur',
    projects: projects.map((name) => ({
      id: projectId(name),
      name,
      archivedAt: name === 'hackathon' ? Math.floor(Date.parse(calendar.departure) / 1000) : null,
      apiKeys: WORKLOADS.filter(({ project }) => project === name).flatMap((workload) =>
        workload.key === null
          ? []
          : [{ id: keyId(workload.key), name: workload.key, owner: ownerOf(workload.key, workload.person) }],
      ),
    })),
    users: [
      ...people
        .filter(({ kind, stays }) => kind !== 'service' && stays.at(-1)?.to === null)
        .map(({ name, email }) => ({ id: userId(name), email, name, isServiceAccount: false })),
      ...WORKLOADS.flatMap(({ key, person }) =>
        key === null || person !== null
          ? []
          : [{ id: userId(key), email: null, name: key.replace(/-prod$/, ''), isServiceAccount: true }],
      ),
    ],
    costs: byKnownDay(calendar, (day) => WORKLOADS.flatMap((workload) => costsOf(calendar, workload, day))),
  };
}
