import { type Day, daysIn } from '../../../src/core/base/time.js';
import type {
  GithubBillRow,
  GithubCredits,
  GithubDataset,
} from '../../../src/sandbox/vendors/github-dataset.js';
import { answerGithub } from '../../../src/sandbox/vendors/github-server.js';
import { Refused } from '../../../src/sandbox/vendors/listen.js';
import { exactUnits, range } from './all.js';
import { type FakeCall, FakeReply, FakeText, refuse, startFake, type Trouble } from './server.js';

export const GITHUB_TOKEN = 'ghp_TopSecretOfLarkspur';

/** A row of the seat bill: so many seats for a day of a month of 30. */
export function seatRow(seats: number, changes: Partial<GithubBillRow> = {}): GithubBillRow {
  const micros = Math.round((seats * 1e6) / 30);
  const amount = `${(micros * 19) / 1e6}`;
  return {
    product: 'copilot',
    sku: 'copilot_for_business',
    quantity: `${micros / 1e6}`,
    unitType: 'user-months',
    pricePerUnit: '19',
    grossAmount: amount,
    discountAmount: '0',
    netAmount: amount,
    organization: 'larkspur',
    costCenterId: null,
    ...changes,
  };
}

/** A row of the credit bill. */
export function creditRow(gross: string, net: string, changes: Partial<GithubBillRow> = {}): GithubBillRow {
  return {
    ...seatRow(1),
    sku: 'copilot_ai_credits',
    quantity: `${Number(gross) * 100}`,
    unitType: 'ai-credits',
    pricePerUnit: '0.01',
    grossAmount: gross,
    discountAmount: '0',
    netAmount: net,
    ...changes,
  };
}

/** Credits of a user, all covered by the pool. */
export function creditsOf(login: string, model: string, gross: string): GithubCredits {
  const credits = `${Number(gross) * 100}`;
  return { login, model, credits, grossAmount: gross, discountAmount: gross, netAmount: '0' };
}

const CREDITS = [
  creditsOf('aruiz-lksp', 'Claude Opus 5.5', '4.105'),
  creditsOf('aruiz-lksp', 'GPT-6 Sol', '2.295'),
  creditsOf('tbrandt-lksp', 'GPT-6 Sol', '1.6'),
];

/** A mutable organisation: three seats, a pool that is empty from the 5th of November on. */
export function githubOrganization(changes: Partial<GithubDataset> = {}) {
  const seat = (login: string, id: number, more: Partial<GithubDataset['seats'][number]> = {}) => ({
    login,
    id,
    createdAt: '2026-03-02T10:00:00Z',
    cancelsOn: null,
    lastActivityAt: '2026-11-07T15:12:07Z',
    plan: 'business' as const,
    organizations: ['larkspur'],
    ...more,
  });
  const rows = new Map<Day, GithubBillRow[]>(
    daysIn(range('2026-11-01', '2026-11-09')).map((day) => [
      day,
      [
        seatRow(3),
        creditRow('8', day < '2026-11-05' ? '0' : '2.000000001'),
        { ...seatRow(1), product: 'actions', sku: 'actions_linux' },
      ],
    ]),
  );
  const organization = {
    rows,
    token: GITHUB_TOKEN,
    organization: 'larkspur',
    enterprise: null,
    seats: [
      seat('aruiz-lksp', 900_101, { organizations: ['larkspur', 'larkspur-labs'] }),
      seat('tbrandt-lksp', 900_102),
      seat('idle-lksp', 900_103, { lastActivityAt: null, cancelsOn: '2026-12-01' }),
    ],
    costCenters: [],
    saml: [
      { nameId: 'Ana.Ruiz@larkspur.example', login: 'aruiz-lksp', id: 900_101 },
      { nameId: 'tom.brandt@larkspur.example', login: 'tbrandt-lksp', id: 900_102 },
    ],
    bill: (day: Day): readonly GithubBillRow[] => organization.rows.get(day) ?? [],
    credits: (day: Day): readonly GithubCredits[] => (organization.rows.has(day) ? CREDITS : []),
    premium: (): readonly GithubCredits[] => [],
    ...changes,
  };
  return organization;
}

/** Net amount of Copilot's rows in nanos, by string surgery. */
export function netNanos(rows: readonly GithubBillRow[]): bigint {
  return rows
    .filter(({ product }) => product === 'copilot')
    .reduce((sum, { netAmount }) => sum + exactUnits(netAmount, 9), 0n);
}

/** Serves the organisation, with two seats a page. */
export async function startGithub(dataset: GithubDataset, trouble?: Trouble) {
  return await startFake((call) => answer(dataset, call), trouble);
}

function answer(dataset: GithubDataset, call: FakeCall): FakeReply | null {
  try {
    const { body, headers = {} } = answerGithub(dataset, call, 2);
    return headers['content-type'] === 'text/plain'
      ? new FakeText(body)
      : new FakeReply(JSON.parse(body), headers);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.status === 404 ? null : refuse(error.status, error.message);
  }
}
