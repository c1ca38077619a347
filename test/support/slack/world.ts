import { App, LogLevel } from '@slack/bolt';
import type { Day } from '../../../src/core/base/time.js';
import type { Person, Team } from '../../../src/core/people/data.js';
import type { ApprovalPolicy } from '../../../src/core/rule-review/approval.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { parsePlans } from '../../../src/providers/files/plan-file.js';
import { createSandboxSlack, type SandboxSlack } from '../../../src/sandbox/slack/index.js';
import type { SandboxSlackOptions } from '../../../src/sandbox/slack/model.js';
import type { SeenMessage } from '../../../src/sandbox/slack/snapshot.js';
import { createDeliver, type DeliverDeps, type Delivery } from '../../../src/slack/deliver/deliver.js';
import type { SlackSettings } from '../../../src/slack/kit/access.js';
import { slackContext } from '../../../src/slack/kit/context.js';
import { type Listening, listen } from '../../../src/slack/listen.js';
import { deliveryClientOptions } from '../../../src/slack/transport/client-options.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../company/company.js';
import { createTestContext, runTaskHere, type TestContext } from '../context.js';

export const ANA = 'U0ANA00001'; // FinOps, by user group
export const BEN = 'U0BEN00002'; // an engineering manager
export const FINOPS = 'C0FINOPS01';
export const SEARCH = 'C0SEARCH01';
const CLOSED = 'C0OLD00001';

export const KEYS: readonly TestKey[] = [
  { key: 'search-prod', model: 'claude-sonnet-4-5', tags: { env: 'prod' }, cents: () => 10_000 },
  { key: 'support-bot', model: 'claude-haiku-4-5', email: 'ben@larkspur.test', cents: () => 4_000 },
  { key: 'stray', model: 'gpt-5.1', cents: () => 1_000 },
];
export const RULES: Ruleset = {
  version: 1,
  dimensions: [{ id: 'team', rules: [keyRule('search-prod', 'Search'), keyRule('support-bot', 'Support')] }],
};

const SETTINGS: SlackSettings = {
  finopsUsers: [],
  finopsUserGroup: 'S0FINOPS01',
  finopsChannel: FINOPS,
  defaultChannel: null,
};

/** The app on a fake workspace, with real use cases on a real store. */
export interface World {
  readonly slack: SandboxSlack;
  readonly app: App;
  readonly context: TestContext;
  readonly jobs: string[];
  /** Delivers and waits for the charts. */
  deliver(): ReturnType<Delivery['deliver']>;
  readonly listening: Listening;
  /** Another delivering process: nothing is shared but the store and Slack. */
  restartDeliver(extra?: Partial<DeliverDeps>): Delivery;
  /** What a person sees in a channel, oldest first. */
  messages(who: string, channel: string): readonly SeenMessage[];
  /** The last message a person sees in a channel. */
  lastMessage(who: string, channel: string): SeenMessage;
}

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

const person = (email: string, slackUserId: string | null): Person => ({
  email,
  name: email,
  kind: 'employee',
  aliases: [],
  slackUserId,
});
const team = (name: string, channel: string | null): Team => ({
  name,
  parent: null,
  ownerEmail: null,
  channel,
});

/** Search has a channel, Support has none, Attic's is archived. */
async function importDirectory(context: TestContext): Promise<void> {
  await context.store.importPeople({
    people: [person('ana@larkspur.test', ANA), person('ben@larkspur.test', null)],
    memberships: [],
    teams: [team('Search', SEARCH), team('Support', null), team('Attic', CLOSED)],
    actor: { kind: 'system', name: 'test' },
    atMs: context.clock(),
  });
}

export async function createWorld(
  parts: {
    keys?: readonly TestKey[];
    rules?: Ruleset;
    settings?: Partial<SlackSettings>;
    slack?: Partial<SandboxSlackOptions>;
    from?: string;
    approval?: ApprovalPolicy;
    /** Further parts of the context, made of the plain one. */
    extend?: (plain: TestContext) => Partial<TestContext>;
  } = {},
): Promise<World> {
  const bare = await createTestContext({ now: '2026-11-18' });
  const plain = { ...bare, ...parts.extend?.(bare) };
  const { approval } = parts;
  const context = approval === undefined ? plain : { ...plain, company: { ...plain.company, approval } };
  const slack = createSandboxSlack({
    teamName: 'Larkspur',
    appName: 'Apportion',
    people: [
      { id: ANA, name: 'Ana Ruiz', email: 'ana@larkspur.test' },
      { id: BEN, name: 'Ben Osei', email: 'ben@larkspur.test' },
    ],
    channels: [
      { id: FINOPS, name: 'finops', members: [ANA, BEN] },
      { id: SEARCH, name: 'search', members: [ANA, BEN] },
      { id: CLOSED, name: 'old', members: [ANA], isArchived: true },
    ],
    userGroups: [{ id: 'S0FINOPS01', handle: 'finops', users: [ANA] }],
    clock: context.clock,
    fileDelayMs: 0,
    ...parts.slack,
  });
  const app = new App({
    token: 'xoxb-sandbox',
    receiver: slack.receiver,
    clientOptions: { ...deliveryClientOptions(), fetch: slack.fetch },
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
  });
  const settings = { ...SETTINGS, ...parts.settings };
  const window = { from: (parts.from ?? '2026-09-01') as Day, to: '2026-11-18' as Day };
  const provider = createTestProvider((range) => ({
    charges: chargesOf(parts.keys ?? KEYS, range),
    completeThrough: '2026-11-17' as Day,
  }));
  await importDirectory(context);
  await ingestSource(context, provider, window);
  await importRules(plain, { ruleset: parts.rules ?? RULES, file: 'rules.yml', note: null });
  await reallocate(context);
  const restartDeliver = (extra: Partial<DeliverDeps> = {}) =>
    createDeliver({
      context: slackContext(context),
      client: app.client,
      settings,
      drawChart: async () => ({ png: PNG, altText: 'A chart', filename: 'chart.png' }),
      pause: async (ms) => context.testClock.advance(ms),
      ...extra,
    });
  const delivery = restartDeliver();
  const deliver = () => delivered(delivery);
  const jobs: string[] = [];
  const listening = listen(app, {
    context: slackContext(context),
    settings,
    runJob: async (name) => {
      jobs.push(name);
      if (name === 'deliver') await deliver();
      else await reallocate(context);
    },
    readPlans: parsePlans,
    drawChart: async () => ({ png: PNG, altText: 'A chart', filename: 'chart.png' }),
    run: runTaskHere(context),
  });
  await app.init();
  await app.start();
  const messages = (who: string, channel: string) =>
    slack.see(who).conversations.find((one) => one.id === channel)?.messages ?? [];
  return {
    slack,
    app,
    context,
    jobs,
    deliver,
    listening,
    restartDeliver,
    messages,
    lastMessage(who, channel) {
      const last = messages(who, channel).at(-1);
      if (last === undefined) throw new Error(`${who} sees nothing in ${channel}`);
      return last;
    },
  };
}

/** Runs a delivery and waits for its charts. */
export async function delivered(delivery: Delivery): ReturnType<Delivery['deliver']> {
  const report = await delivery.deliver();
  await delivery.idle();
  return report;
}

/** All text of blocks, views or messages, in order: what a person reads. */
export function textOf(node: unknown): string {
  if (Array.isArray(node))
    return node
      .map(textOf)
      .filter((text) => text !== '')
      .join('\n');
  if (typeof node !== 'object' || node === null) return '';
  return Object.entries(node)
    .map(([key, value]) => (typeof value === 'string' ? (key === 'text' ? value : '') : textOf(value)))
    .filter((text) => text !== '')
    .join('\n');
}
