import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { formatNanos, sumNanos } from '../../../src/core/base/money.js';
import { type DayRange, daysIn } from '../../../src/core/base/time.js';
import { createProvider } from '../../../src/providers/catalog.js';
import type { Provider } from '../../../src/providers/provider.js';
import type { VendorServer } from '../../../src/sandbox/vendors/listen.js';
import { startOpenAiServer } from '../../../src/sandbox/vendors/openai-server.js';
import { ingest } from '../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../support/context.js';
import { clock, exactUnits, impatientHttp, openAiDataset, range } from '../../support/vendors/all.js';
import {
  ADMIN_KEY,
  answerAnalytics,
  claudeOrganization,
  microCentsOf,
} from '../../support/vendors/anthropic.js';
import { CURSOR_KEY, cursorEvent, cursorTeam, startCursor } from '../../support/vendors/cursor.js';
import { GITHUB_TOKEN, githubOrganization, netNanos, startGithub } from '../../support/vendors/github.js';
import { HF_TOKEN, huggingFaceAccount, startHuggingFace } from '../../support/vendors/hugging-face.js';
import { closeFakes, startFake } from '../../support/vendors/server.js';

const DAY = range('2026-11-14', '2026-11-15');
const folder = mkdtempSync(join(tmpdir(), 'overlaps-'));
const servers: VendorServer[] = [];

afterEach(async () => {
  await closeFakes();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A row of a bill on the 14th of November; the vendor issues and provides unless said otherwise. */
interface BillLine {
  readonly vendor: string;
  readonly cost: string;
  readonly account?: string;
  readonly issuer?: string;
  readonly service?: string;
  readonly sku?: string;
  readonly category?: 'Usage' | 'Purchase' | 'Tax' | 'Credit';
}

let files = 0;

function bill(name: string, lines: readonly BillLine[]): Provider {
  files += 1;
  const path = join(folder, `${name}-${files}.csv`);
  const header =
    'BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,ServiceCategory,ServiceProviderName,PublisherName,InvoiceIssuerName,SkuId';
  const periods = '2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,2026-11-14T00:00:00Z,2026-11-15T00:00:00Z';
  const rows = lines.map((line) => {
    const { vendor, cost, account = 'acct', issuer = vendor, service = vendor, sku = 'x' } = line;
    const what = `${line.category ?? 'Usage'},${service},AI and Machine Learning`;
    return `${cost},${cost},${account},USD,${periods},${what},${vendor},${vendor},${issuer},${sku}`;
  });
  writeFileSync(path, `${[header, ...rows].join('\n')}\n`);
  return make({ name, kind: 'focus-file', path });
}

function make(entry: {
  name: string;
  kind: string;
  credential?: string;
  baseUrl?: string;
  path?: string;
  options?: Readonly<Record<string, unknown>>;
}): Provider {
  const none = { credential: null, baseUrl: null, path: null, options: {} };
  return createProvider({ ...none, ...entry }, { clock, http: impatientHttp().http });
}

/** What is counted of each source, in whichever order they are pulled. */
async function counted(providers: readonly Provider[], window: DayRange): Promise<Record<string, string>> {
  const answers: Record<string, string>[] = [];
  for (const order of [providers, providers.toReversed()]) {
    const context = await createTestContext({ now: '2026-11-23', providers: order });
    const reports = await ingest(context, { source: null, window });
    expect(reports.map(({ sentence, ok }) => (ok ? '' : sentence)).join('')).toBe('');
    const { rows } = await context.store.querySpend({
      by: ['source'],
      range: window,
      where: [],
      currency: 'USD',
    });
    const answer: Record<string, string> = {};
    for (const { values, cost } of rows) answer[values.join()] = formatNanos(cost);
    answers.push(answer);
  }
  expect(answers[1]).toEqual(answers[0]);
  return answers[0] ?? {};
}

describe('the same dollar by several roads', () => {
  it('of two OpenAI organisations on one FOCUS file sets aside only what the API of that organisation has', async () => {
    const dataset = openAiDataset();
    const server = await startOpenAiServer(dataset);
    servers.push(server);
    const api = (options: Readonly<Record<string, unknown>>) =>
      make({ name: 'openai', kind: 'openai', credential: dataset.adminKey, baseUrl: server.url, options });
    const file = bill('file', [
      { vendor: 'OpenAI', cost: '70', account: 'org-First' },
      { vendor: 'OpenAI', cost: '30.5', account: 'org-Second' },
    ]);
    const truth = formatNanos(
      sumNanos(daysIn(DAY).flatMap((day) => dataset.costs(day).map((cost) => exactUnits(cost.amountUsd, 9)))),
    );
    expect(await counted([api({ organizationId: 'org-First' }), file], DAY)).toEqual({
      openai: truth,
      file: '30.5',
    });
    // Nobody has said whose the API is: then the choice is the one that cannot count twice.
    expect(await counted([api({}), file], DAY)).toEqual({ openai: truth });
  });

  it('counts Claude on Bedrock, Vertex and Foundry beside the API of Anthropic: other dollars', async () => {
    const organization = claudeOrganization(DAY.from, 1);
    const fake = await startFake((call) => answerAnalytics(organization, call));
    const api = make({ name: 'claude', kind: 'anthropic', credential: ADMIN_KEY, baseUrl: fake.url });
    const cloud = bill('cloud', [
      {
        vendor: 'Anthropic',
        issuer: 'Amazon Web Services',
        service: 'Claude Sonnet 5 (Amazon Bedrock)',
        cost: '11',
      },
      { vendor: 'Amazon Web Services', service: 'Amazon Bedrock', cost: '12' },
      { vendor: 'Anthropic', issuer: 'Google Cloud', service: 'Vertex AI', cost: '13' },
      { vendor: 'Microsoft', service: 'Azure OpenAI', cost: '14' },
      { vendor: 'Anthropic', cost: '500', account: 'org_Larkspur' },
    ]);
    const truth =
      10n *
      sumNanos([
        ...organization.uses.map(microCentsOf),
        ...organization.bare.map(({ microCents }) => microCents),
      ]);
    expect(await counted([api, cloud], DAY)).toEqual({ claude: formatNanos(truth), cloud: '50' });
  });

  it('counts the seats and the usage of Copilot once, by API, report and bill', async () => {
    const window = range('2026-11-08', '2026-11-09');
    const dataset = githubOrganization();
    dataset.rows.set(DAY.from, dataset.rows.get(window.from) ?? []);
    const fake = await startGithub(dataset);
    const options = { organization: 'larkspur' };
    const api = make({
      name: 'api',
      kind: 'github-copilot',
      credential: GITHUB_TOKEN,
      baseUrl: fake.url,
      options,
    });
    const path = join(folder, 'copilot.csv');
    writeFileSync(
      path,
      `date,username,product,sku,model,quantity,unit_type,gross_amount,discount_amount,net_amount,organization
2026-11-14,aruiz-lksp,copilot,copilot_ai_credits,GPT-6 Sol,800,ai-credits,8,0,2.000000001,larkspur
2026-11-14,aruiz-lksp,copilot,copilot_for_business,,0.1,user-months,1.9,0,1.9,larkspur
`,
    );
    const report = make({ name: 'csv', kind: 'github-copilot-csv', path, options: { account: 'larkspur' } });
    const copilot = { vendor: 'GitHub', service: 'GitHub Copilot', account: 'larkspur' };
    const file = bill('file', [
      { ...copilot, cost: '2.01', sku: 'copilot_ai_credits' },
      { ...copilot, cost: '1.9', sku: 'copilot_for_business', category: 'Purchase' },
      { ...copilot, cost: '1.8', sku: 'Copilot Business' },
      { ...copilot, cost: '0.42', sku: 'tax', category: 'Tax' },
      { ...copilot, service: 'GitHub Actions', cost: '7', sku: 'actions_linux' },
    ]);
    const truth = formatNanos(netNanos(dataset.bill(DAY.from)));
    expect(await counted([api, report, file], DAY)).toEqual({ api: truth, file: '7.42' });
  });

  it('leaves the tokens of a key of one’s own to its vendor and counts the token rate of Cursor', async () => {
    const own = { kind: 'User API Key', isChargeable: true };
    const team = cursorTeam();
    team.all = [
      cursorEvent(DAY.from, 10, { ...own, chargedCents: '11.61075' }),
      // A model of Cursor's own kind has no token rate: nothing is hidden, and nothing is rated.
      cursorEvent(DAY.from, 20, { ...own, chargedCents: '0' }),
      cursorEvent(DAY.from, 30, { ...own, isChargeable: false, chargedCents: '40' }),
    ];
    const fake = await startCursor(team);
    const cursor = make({ name: 'cursor', kind: 'cursor', credential: CURSOR_KEY, baseUrl: fake.url });
    const pull = await cursor.pull(DAY, []);
    expect(pull.unrated).toBeUndefined();
    const anthropic = bill('anthropic', [{ vendor: 'Anthropic', cost: '5' }]);
    expect(await counted([cursor, anthropic], DAY)).toEqual({ cursor: '0.1161075', anthropic: '5' });
  });

  it('counts requests of Hugging Face on a provider’s own key on the bill of that provider', async () => {
    const account = huggingFaceAccount();
    account.inference = [
      { day: DAY.from, user: 'mia-lksp', model: 'openai/gpt-oss', microUsd: 0, requests: 40, tokens: 9_000 },
    ];
    const fake = await startHuggingFace(account);
    const hub = make({
      name: 'hub',
      kind: 'hugging-face',
      credential: HF_TOKEN,
      baseUrl: fake.url,
      options: { organization: 'larkspur' },
    });
    const provider = bill('together', [{ vendor: 'Together AI', cost: '3' }]);
    const space = formatNanos(BigInt(account.spaceMicroUsd) * 1000n);
    expect(await counted([hub, provider], DAY)).toEqual({ hub: space, together: '3' });
  });
});
