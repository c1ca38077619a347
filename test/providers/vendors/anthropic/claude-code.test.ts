import { afterEach, describe, expect, it } from 'vitest';
import { addDays, daysIn } from '../../../../src/core/base/time.js';
import { ingestSource } from '../../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../../support/context.js';
import { connect, impatientHttp, range } from '../../../support/vendors/all.js';
import {
  ADMIN_KEY,
  answerListing,
  checkHeaders,
  claudeOrganization,
} from '../../../support/vendors/anthropic.js';
import {
  closeFakes,
  type FakeCall,
  need,
  pageOf,
  refuse,
  startFake,
  type Trouble,
} from '../../../support/vendors/server.js';

const window = range('2026-11-18', '2026-11-21');
const NOW = '2026-11-21T00:30:00Z';

interface Activity {
  readonly actor: Readonly<Record<string, string>>;
  readonly customer: string;
  readonly terminal: string;
  readonly sessions: number;
  readonly tokens: number;
}

const ana = { type: 'user_actor', email_address: 'Ana.Ruiz@Larkspur.example' };
const usual: readonly Activity[] = [
  { actor: ana, customer: 'api', terminal: 'vscode', sessions: 3, tokens: 100 },
  { actor: ana, customer: 'api', terminal: 'iTerm.app', sessions: 1, tokens: 20 },
  { actor: ana, customer: 'subscription', terminal: 'vscode', sessions: 9, tokens: 7000 },
  {
    actor: { type: 'user_actor', email_address: 'new@larkspur.example' },
    customer: 'api',
    terminal: 'x',
    sessions: 1,
    tokens: 1,
  },
  {
    actor: { type: 'api_actor', api_key_name: 'search-b' },
    customer: 'api',
    terminal: 'ci',
    sessions: 5,
    tokens: 50,
  },
  {
    actor: { type: 'api_actor', api_key_name: 'search-a' },
    customer: 'api',
    terminal: 'ci',
    sessions: 2,
    tokens: 40,
  },
  {
    actor: { type: 'api_actor', api_key_name: 'nightly' },
    customer: 'api',
    terminal: 'ci',
    sessions: 4,
    tokens: 60,
  },
  {
    actor: { type: 'api_actor', api_key_name: 'gone' },
    customer: 'api',
    terminal: 'ci',
    sessions: 6,
    tokens: 70,
  },
  { actor: { type: 'robot_actor' }, customer: 'api', terminal: 'ci', sessions: 1, tokens: 5 },
];

/** The report as documented: one day a call, its rows in pages of at most `limit`. */
function answer(call: FakeCall, days: (day: string) => readonly Activity[]): unknown {
  checkHeaders(call);
  if (!call.endpoint.endsWith('/usage_report/claude_code')) {
    return answerListing(claudeOrganization(window.from, 0), call);
  }
  const day = need(call.query, 'starting_at');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) refuse(400, 'starting_at must be a date');
  if (call.query.has('ending_at')) refuse(400, 'ending_at: extra inputs are not permitted');
  const limit = Number(call.query.get('limit') ?? 20);
  if (limit > 1000) refuse(400, 'limit must be at most 1000');
  const { items, next } = pageOf(days(day), call.query.get('page'), 4);
  return {
    data: items.map(({ actor, customer, terminal, sessions, tokens }) => ({
      date: `${day}T00:00:00Z`,
      actor,
      organization_id: 'org',
      customer_type: customer,
      terminal_type: terminal,
      core_metrics: { num_sessions: sessions, commits_by_claude_code: 1 },
      model_breakdown: [
        {
          model: 'claude-opus-5-5',
          tokens: { input: tokens - 1, output: 1, cache_read: 0, cache_creation: 0 },
          estimated_cost: { currency: 'USD', amount: 4554 },
        },
      ],
    })),
    has_more: next !== null,
    next_page: next === null ? null : `c${next}`,
  };
}

async function setUp(days: (day: string) => readonly Activity[] = () => usual, trouble?: Trouble) {
  const fake = await startFake((call) => answer(call, days), trouble);
  const provider = connect('anthropic-claude-code', {
    source: 'claude-code',
    baseUrl: fake.url,
    adminKey: ADMIN_KEY,
    clock: () => Date.parse(NOW),
    http: impatientHttp().http,
  });
  return { fake, provider };
}

describe('the Claude Code report', () => {
  afterEach(closeFakes);

  it('brings daily tokens and sessions of people and keys, subscriptions apart, and never money', async () => {
    const { provider } = await setUp();
    const { charges, measures, identities } = await provider.pull(window, []);
    expect(charges).toEqual([]);
    const first = measures?.filter(({ date }) => date === window.from) ?? [];
    const of = (measure: string) =>
      Object.fromEntries(
        first.filter((row) => row.measure === measure).map(({ label, amount }) => [label, amount]),
      );
    const units = (count: number) => BigInt(count) * 1_000_000_000n;
    expect(of('claude-code-tokens')).toEqual({
      'ana.ruiz@larkspur.example': units(170), // two terminals and the key that is hers
      'new@larkspur.example': units(1),
      apikey_A: units(40),
      nightly: units(60),
      gone: units(70),
      unknown: units(5),
    });
    expect(of('claude-code-sessions')['ana.ruiz@larkspur.example']).toBe(units(9));
    expect(of('claude-code-subscription-tokens')).toEqual({ 'ana.ruiz@larkspur.example': units(7000) });
    expect(measures).toHaveLength(first.length * 3);
    expect(identities).toContainEqual(
      expect.objectContaining({ kind: 'user', id: 'new@larkspur.example', status: 'unlisted' }),
    );
    expect(identities).toContainEqual(expect.objectContaining({ kind: 'user', id: 'user_Ana' }));
  });

  it('says which key names mean no key or several', async () => {
    const { provider } = await setUp();
    const { remarks } = await provider.pull(window, []);
    expect(remarks).toEqual([
      'The key name "nightly" belongs to apikey_Batch, apikey_Batch2: the report does not tell which of them was used.',
      'Claude Code was used with a key called "gone" that no listing knows.',
      'Claude Code was used by an actor of type robot_actor without a name.',
    ]);
  });

  it('knows a deleted key by the name that an earlier pull has seen', async () => {
    const { provider } = await setUp();
    const seen = {
      source: 'claude-code',
      kind: 'api-key',
      id: 'apikey_Gone',
      name: 'gone',
      email: null,
      createdBy: null,
      subAccountId: null,
      status: null,
      tags: {},
      seenOn: window.from,
    } as const;
    const { measures, remarks } = await provider.pull(window, [seen]);
    expect(measures?.some(({ label }) => label === 'apikey_Gone')).toBe(true);
    expect(remarks.join()).not.toContain('"gone"');
  });

  it('asks for one day a call, walks its pages and closes a day an hour after its end', async () => {
    const { fake, provider } = await setUp();
    const pull = await provider.pull({ from: window.from, to: addDays(window.to, 1) }, []);
    const asked = fake.calls.filter(({ query }) => query.has('starting_at'));
    expect([...new Set(asked.map(({ query }) => query.get('starting_at')))]).toEqual([...daysIn(window)]);
    expect(asked).toHaveLength(9);
    expect(pull).toMatchObject({ completeThrough: '2026-11-19', scope: { to: window.to } });
    expect(pull.raw).toHaveLength(fake.calls.length);
  });

  it('loses nothing to 429, 5xx, half pages and garbage, and brings nothing when a day fails for good', async () => {
    const clean = await (await setUp()).provider.pull(window, []);
    const troubles = [
      { status: 429, headers: { 'retry-after': '3' } },
      { status: 502 },
      'cut',
      'garbage',
    ] as const;
    const rough = await setUp(undefined, ({ attempt }) => troubles[attempt - 1] ?? null);
    expect((await rough.provider.pull(window, [])).measures).toEqual(clean.measures);
    const broken = await setUp(undefined, ({ query }) =>
      query.get('starting_at') === '2026-11-20' ? { status: 500 } : null,
    );
    await expect(broken.provider.pull(window, [])).rejects.toMatchObject({ code: 'upstream' });
  });

  it('names the field whose form changed, and a cursor that comes twice', async () => {
    const changed = await setUp(undefined, () => ({
      edit: (text) => text.replace(/"num_sessions":(\d+)/, '"num_sessions":"$1"'),
    }));
    await expect(changed.provider.pull(window, [])).rejects.toThrow(
      /unexpected form at data\[0\]\.core_metrics\.num_sessions/,
    );
    const looping = await setUp(undefined, ({ query }) =>
      query.has('page')
        ? {
            edit: (text) =>
              text
                .replace(/"next_page":[^}]+/, `"next_page":"${query.get('page')}"`)
                .replace('"has_more":false', '"has_more":true'),
          }
        : null,
    );
    await expect(looping.provider.pull(window, [])).rejects.toThrow('gave the same page cursor twice');
  });

  it('puts nothing into the ledger, pulled twice or over the same days', async () => {
    const { provider } = await setUp();
    const context = await createTestContext({ now: '2026-11-21', providers: [provider] });
    expect(await ingestSource(context, provider, window)).toMatchObject({ ok: true, charges: 0 });
    expect(await ingestSource(context, provider, window)).toMatchObject({ ok: true, unchanged: true });
    const { total } = await context.store.querySpend({
      by: ['source'],
      range: window,
      where: [],
      currency: 'USD',
    });
    expect(total).toBe(0n);
  });
});
