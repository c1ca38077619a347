import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Day } from '../../../src/core/base/time.js';
import type { Notice } from '../../../src/core/notices/notice.js';
import { parsePlans } from '../../../src/providers/files/plan-file.js';
import { createDeliver } from '../../../src/slack/deliver/deliver.js';
import { slackContext } from '../../../src/slack/kit/context.js';
import { listen } from '../../../src/slack/listen.js';
import { connect, type Workspace } from '../../../src/slack/transport/connect.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider } from '../../support/company/company.js';
import { createTestContext, runTaskHere, type TestContext } from '../../support/context.js';
import { digestFigures } from '../../support/slack/figures.js';
import {
  BOT_TOKEN,
  CLIENT,
  SIGNING_SECRET,
  signed,
  startResponseUrl,
  startSecondSlack,
} from '../../support/slack/second.js';
import { KEYS, RULES, textOf } from '../../support/slack/world.js';

type Slack = Awaited<ReturnType<typeof startSecondSlack>>;
type Answers = Awaited<ReturnType<typeof startResponseUrl>>;

let slack: Slack;
let answers: Answers;
let app: App;
let context: TestContext;
let port: number;
let address: string;
let ids: { readonly ana: string; readonly finops: string; readonly search: string };
const undo: (() => Promise<unknown>)[] = [];

/** A port that nobody has at the moment: the address of the way back must be known before the app listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

async function idsOf() {
  const { channels } = (await slack.call('conversations.list')) as unknown as {
    channels: { id: string; name: string }[];
  };
  const { members } = (await slack.call('users.list')) as unknown as {
    members: { id: string; name: string }[];
  };
  const find = (list: { id: string; name: string }[], name: string) =>
    list.find((each) => each.name === name)?.id ?? '';
  return { ana: find(members, 'ana'), finops: find(channels, 'finops'), search: find(channels, 'search') };
}

/** The company of `world.ts` behind real HTTP; requests carry the real time, all else happens in November. */
async function fill(): Promise<void> {
  const window = { from: '2026-11-01' as Day, to: '2026-11-18' as Day };
  const provider = createTestProvider((range) => ({
    charges: chargesOf(KEYS, range),
    completeThrough: '2026-11-17' as Day,
  }));
  const team = { name: 'Search', parent: null, ownerEmail: null, channel: ids.search };
  const actor = { kind: 'system', name: 'test' } as const;
  await context.store.importPeople({
    people: [],
    memberships: [],
    teams: [team],
    actor,
    atMs: context.clock(),
  });
  await ingestSource(context, provider, window);
  await importRules(context, { ruleset: RULES, file: 'rules.yml', note: null });
  await reallocate(context);
}

async function open(workspace: Omit<Extract<Workspace, { mode: 'http' }>, 'mode' | 'apiUrl' | 'port'>) {
  const connected = connect(slackContext({ ...context, clock: Date.now }), {
    mode: 'http',
    apiUrl: slack.apiUrl,
    port: 0,
    ...workspace,
  });
  app = connected.app;
  const settings = {
    finopsUsers: [ids.ana],
    finopsUserGroup: null,
    finopsChannel: ids.finops,
    defaultChannel: null,
  };
  const unused = (): never => {
    throw new Error('not in this test');
  };
  listen(app, {
    context: slackContext(context),
    settings,
    runJob: async () => undefined,
    readPlans: parsePlans,
    run: runTaskHere(context),
    drawChart: unused,
  });
  const delivery = createDeliver({
    context: slackContext(context),
    client: connected.client,
    settings,
    drawChart: async () => ({
      png: Buffer.from('89504e470d0a1a0a', 'hex'),
      altText: 'A chart',
      filename: 'chart.png',
    }),
    pause: async () => undefined,
  });
  await app.init();
  await app.start({ port, host: '127.0.0.1' });
  undo.push(() => app.stop());
  return delivery;
}

const token = { signingSecret: SIGNING_SECRET, credentials: { kind: 'token', botToken: BOT_TOKEN } } as const;
const slash = (command: string, text: string) =>
  new URLSearchParams({
    command,
    text,
    user_id: ids.ana,
    user_name: 'ana',
    channel_id: ids.finops,
    team_id: 'T000000001',
    api_app_id: 'A000000001',
    trigger_id: '1.2.abc',
    response_url: answers.url,
  }).toString();

beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-18' });
  port = await freePort();
  address = `http://127.0.0.1:${port}`;
  slack = await startSecondSlack(`${address}/slack/oauth_redirect`);
  answers = await startResponseUrl();
  ids = await idsOf();
  undo.push(() => slack.close(), answers.close);
});
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each();
});

describe('on a Slack that was not written here, over HTTP', () => {
  it('answers a signed slash command', async () => {
    await fill();
    await open(token);
    const response = await fetch(`${address}/slack/events`, signed(slash('/spend', 'search 2026-11')));
    expect(response.status).toBe(200);
    await answers.wait(1);
    expect(answers.bodies[0]).toMatchObject({ response_type: 'ephemeral' });
    expect(textOf(answers.bodies[0])).toContain('$1,700.00');
  });

  it('refuses what is unsigned, signed by another, too old or dated ahead', async () => {
    await fill();
    await open(token);
    const body = slash('/spend', '');
    const status = async (options: Parameters<typeof signed>[1]) =>
      (await fetch(`${address}/slack/events`, signed(body, options))).status;
    expect(await status({ secret: 'another' })).toBe(401);
    expect(await status({ aheadSeconds: -400 })).toBe(401);
    expect(await status({ aheadSeconds: 400 })).toBe(401);
    expect((await fetch(`${address}/slack/events`, { ...signed(body), headers: {} })).status).not.toBe(200);
    expect(answers.bodies).toEqual([]);
  });

  it('refuses a signed body that is no object, drops one without a user, and answers what comes next', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    undo.push(async () => process.off('unhandledRejection', note));
    await fill();
    await open(token);
    const status = async (body: string) => (await fetch(`${address}/slack/events`, signed(body))).status;
    const form = (payload: unknown) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    for (const payload of [null, [], 1, 'text']) expect(await status(form(payload))).toBe(400);
    expect(await status('payload={')).toBe(400);
    expect(await status(form({ type: 'view_submission', view: { id: 'V1' } }))).toBe(200);
    expect(await status(form({ type: 'block_actions', actions: [{ action_id: 'x' }] }))).toBe(200);
    expect(await status(form({ type: 'event_callback', event: { type: 'app_mention' } }))).toBe(200);
    expect(await status(JSON.stringify({ event: null }))).toBe(200);
    expect(await status(JSON.stringify({ event: { type: 'message', user: 'U1', channel: null } }))).toBe(500);
    expect((await fetch(`${address}/elsewhere`, signed('a=b'))).status).toBe(404);
    expect(await status(slash('/spend', 'search 2026-11'))).toBe(200);
    await answers.wait(1);
    expect(unhandled).toEqual([]);
  });

  it('posts a digest with its chart once, finds it again by its metadata and edits it', async () => {
    await fill();
    const delivery = await open(token);
    await delivery.deliver();
    const notice = {
      key: 'digest:team:Search:2026-W46',
      audience: { kind: 'team', team: 'Search' },
      parentKey: null,
      body: { kind: 'digest', figures: digestFigures() },
    } as const;
    await context.store.putNotices([notice], context.clock());
    expect(await delivery.deliver()).toEqual({ sent: 1, failed: 0 });
    await delivery.idle();
    // As after a crash between post and record.
    await context.store.putNotices(
      [{ ...notice, body: { kind: 'digest', figures: digestFigures({ monthToDate: 7n }) } }],
      context.clock(),
    );
    await context.store.claimNotices(context.clock(), 10);
    expect(await delivery.deliver()).toEqual({ sent: 1, failed: 0 });
    await delivery.idle();
    const { messages } = (await slack.call('conversations.history', {
      channel: ids.search,
      include_all_metadata: true,
    })) as unknown as { messages: { ts: string; metadata?: { event_payload: unknown } }[] };
    const ours = messages.filter(({ metadata }) => metadata !== undefined);
    expect(ours.map(({ metadata }) => metadata?.event_payload)).toEqual([
      { key: 'digest:team:Search:2026-W46', revision: 2 },
    ]);
    const { files } = (await slack.call('files.list')) as unknown as { files: { name: string }[] };
    expect(files.map(({ name }) => name)).toContain('chart.png');
    await delivery.stop();
  });

  it('takes an event that is delivered twice once', async () => {
    await fill();
    await open(token);
    const event = {
      type: 'event_callback',
      team_id: 'T000000001',
      api_app_id: 'A000000001',
      event_id: 'Ev0001',
      event_time: 1,
      event: {
        type: 'app_mention',
        user: ids.ana,
        text: '<@U0BOT> search',
        channel: ids.finops,
        ts: '1.1',
        event_ts: '1.1',
      },
    };
    for (let time = 0; time < 2; time++) {
      const response = await fetch(`${address}/slack/events`, signed(JSON.stringify(event)));
      expect(response.status).toBe(200);
    }
    const replies = async () => {
      const { messages } = (await slack.call('conversations.history', {
        channel: ids.finops,
      })) as unknown as {
        messages: unknown[];
      };
      const thread = (await slack.call('conversations.replies', {
        channel: ids.finops,
        ts: '1.1',
      })) as unknown as {
        messages?: unknown[];
      };
      return messages.length + (thread.messages?.length ?? 0);
    };
    for (let look = 0; look < 50 && (await replies()) === 0; look++)
      await new Promise((done) => setTimeout(done, 20));
    await new Promise((done) => setTimeout(done, 200));
    expect(await replies()).toBe(1);
  });
});

const trouble: Notice = {
  key: 'feed:claude',
  audience: { kind: 'finops' },
  parentKey: null,
  body: { kind: 'feed-trouble', source: 'claude', sentence: 'No answer.', since: '2026-11-18' },
};

describe('installed by OAuth', () => {
  const oauth = (allowedTeams: readonly string[]) => ({
    signingSecret: SIGNING_SECRET,
    credentials: {
      kind: 'oauth' as const,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      stateSecret: 'a-state-secret-of-24-characters',
      encryptionKey: new Uint8Array(32).fill(7),
      allowedTeams,
      redirectUri: `${address}/slack/oauth_redirect`,
    },
  });

  /** Walks the browser's way: our page, the emulator's consent, back to us. */
  async function install(): Promise<Response> {
    const start = await fetch(`${address}/slack/install`, { redirect: 'manual' });
    const consent = new URL(start.headers.get('location') ?? '');
    const cookie = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const redirectUri = consent.searchParams.get('redirect_uri') ?? '';
    const page = await fetch(`${slack.url}/oauth/v2/authorize/callback`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        user_id: ids.ana,
        client_id: CLIENT.id,
        redirect_uri: redirectUri,
        scope: consent.searchParams.get('scope') ?? '',
        state: consent.searchParams.get('state') ?? '',
      }).toString(),
    });
    const back = new URL(page.headers.get('location') ?? '', address);
    return fetch(`${address}/slack/oauth_redirect${back.search}`, {
      headers: { cookie },
      redirect: 'manual',
    });
  }

  it('keeps the token sealed, answers with it, and posts with it', async () => {
    await fill();
    const delivery = await open(oauth(['T000000001']));
    await context.store.putNotices([trouble], context.clock());
    // Nobody has installed it yet: who asks gets nothing.
    await fetch(`${address}/slack/events`, signed(slash('/spend', 'search 2026-11')));
    expect((await install()).status).toBe(200);
    const [kept] = await context.store.listInstallations();
    expect(kept?.id).toBe('T000000001');
    expect(Buffer.from(kept?.sealed ?? []).toString('latin1')).not.toContain('xoxb');
    expect((await fetch(`${address}/slack/events`, signed(slash('/spend', 'search 2026-11')))).status).toBe(
      200,
    );
    await answers.wait(1);
    expect(answers.bodies.map(textOf)).toEqual([expect.stringContaining('$1,700.00')]);
    expect(await delivery.deliver()).toEqual({ sent: 2, failed: 0 });
  });

  it('keeps notices while nobody has installed it, and lets no other workspace in', async () => {
    await fill();
    const delivery = await open(oauth(['T0SOMEWHERE']));
    const response = await install();
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('T000000001 may not install Apportion');
    expect(await context.store.listInstallations()).toEqual([]);
    await context.store.putNotices([trouble], context.clock());
    expect(await delivery.deliver()).toEqual({ sent: 0, failed: 1 });
    expect(await context.store.findNotice(trouble.key)).toMatchObject({ state: 'pending' });
  });
});
