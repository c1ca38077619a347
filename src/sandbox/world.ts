import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { SourceConfig } from '../config-sources.js';
import { parseNanos } from '../core/money.js';
import { dayIn, monthOf, utcDay } from '../core/time.js';
import { parsePeople } from '../hr/csv.js';
import { type AssembledApp, startApp } from '../running-app.js';
import { clientOptions, deliveryClientOptions } from '../slack/app.js';
import type { Log } from '../usecases/context.js';
import { importPeople } from '../usecases/import-people.js';
import { importRules } from '../usecases/import-rules.js';
import { setPlans } from '../usecases/set-plans.js';
import type { FocusFile } from './larkspur/bills.js';
import { createLarkspur, type Larkspur } from './larkspur/index.js';
import { startingBudgets } from './larkspur/starting-budgets.js';
import { createSandboxSlack, type SandboxSlack } from './slack/index.js';
import { startAnthropicServer } from './vendors/anthropic-server.js';
import { startOpenAiServer } from './vendors/openai-server.js';

const TOKEN = 'xoxb-sandbox';
/** Large enough that a visitor's first rule counts at once, small enough that moving a team's month does not. */
const APPROVAL = { threshold: parseNanos('25000'), basisPoints: null };

/** One life of the sandbox, from the first morning on: the made-up Slack and the app behind it. */
export interface World {
  readonly larkspur: Larkspur;
  readonly slack: SandboxSlack;
  /** Settles when bills, digests and alerts are in and the timetable runs. */
  readonly filled: Promise<void>;
  /** Takes in what became due since the clock jumped: bills as they are by now, and every job that was missed. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Begins a life of the sandbox in a folder of its own, which is emptied first. */
export async function openWorld(options: {
  readonly clock: () => number;
  readonly log: Log;
  readonly folder: string;
}): Promise<World> {
  const { clock, log, folder } = options;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const larkspur = createLarkspur({ today: utcDay(clock()), present: () => utcDay(clock()) });
  const vendors = await startVendors(larkspur, clock);
  const slack = createSandboxSlack({
    ...larkspur.slack,
    people: personasFirst(larkspur.slack),
    clock,
    appName: 'Apportion',
  });
  const app = createApp(slack);
  const running = await startApp({
    config: configOf(larkspur, folder, vendors.sources),
    connect: () => ({
      app,
      client: new WebClient(TOKEN, { ...deliveryClientOptions(), fetch: slack.fetch }),
    }),
    postGapMs: 0,
    log,
    clock,
  });
  await app.init();
  await app.start();
  return {
    larkspur,
    slack,
    filled: fill(running, larkspur),
    async catchUp() {
      for (const file of larkspur.focusFiles()) writeBill(folder, file);
      await running.catchUp();
    },
    async stop() {
      await app.stop();
      await running.stop();
      await vendors.close();
    },
  };
}

/** The people a visitor will want to be, on top of the list of all. */
function personasFirst({ people, personas }: Larkspur['slack']): Larkspur['slack']['people'] {
  const rank = ({ id }: { id: string }): number =>
    personas.includes(id) ? personas.indexOf(id) : personas.length;
  return people.toSorted((a, b) => rank(a) - rank(b));
}

function createApp(slack: SandboxSlack): App {
  return new App({
    token: TOKEN,
    receiver: slack.receiver,
    clientOptions: { ...clientOptions(), fetch: slack.fetch },
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
  });
}

/** Fake Anthropic and OpenAI, with the sources that point at them. */
async function startVendors(
  { anthropic, openai }: Larkspur,
  clock: () => number,
): Promise<{ sources: SourceConfig[]; close: () => Promise<void> }> {
  const servers = [
    await startAnthropicServer(anthropic, { clock }),
    await startOpenAiServer(openai, {}),
  ] as const;
  return {
    sources: [
      source('anthropic', { kind: 'anthropic', credential: anthropic.adminKey, baseUrl: servers[0].url }),
      source('openai', { kind: 'openai', credential: openai.adminKey, baseUrl: servers[1].url }),
    ],
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function configOf(
  larkspur: Larkspur,
  folder: string,
  vendors: readonly SourceConfig[],
): Parameters<typeof startApp>[0]['config'] {
  const { finopsUserGroup, finopsChannel } = larkspur.slack;
  const bills = larkspur
    .focusFiles()
    .map((file) => source(file.source, { kind: 'focus-file', path: writeBill(folder, file) }));
  return {
    dbPath: join(folder, 'sandbox.db'),
    company: { ...larkspur.company, approval: APPROVAL },
    slack: { finopsUsers: [], finopsUserGroup, finopsChannel, defaultChannel: null },
    sources: [...vendors, ...bills],
  };
}

function source(name: string, parts: Partial<SourceConfig> & { kind: string }): SourceConfig {
  return { name, credential: null, baseUrl: null, path: null, options: {}, ...parts };
}

function writeBill(folder: string, file: FocusFile): string {
  const path = join(folder, file.fileName);
  writeFileSync(path, file.text);
  return path;
}

/** The company's first morning with Apportion: people and rules in, bills pulled, everyone told; then the timetable. */
async function fill(running: AssembledApp, larkspur: Larkspur): Promise<void> {
  const { context, background, deliver } = running;
  // Larkspur's own first rules need nobody's approval: without the policy they are simply there.
  const finops = {
    ...context,
    company: larkspur.company,
    actor: { kind: 'terminal', name: 'larkspur' } as const,
  };
  const teams = { name: 'teams.csv', text: larkspur.teams };
  await importPeople(finops, parsePeople({ name: 'people.csv', text: larkspur.people }, teams));
  await running.linkPeople();
  const now = context.clock();
  const rows = startingBudgets(monthOf(dayIn(larkspur.company.timeZone, now)));
  await setPlans(finops, { rows, by: { roles: ['finops'] } });
  for (const name of ['ingest', 'reallocate', 'raise-alerts', 'raise-claims', 'write-digests'] as const) {
    // Rules after the first bills: their preview then says in money what they do.
    if (name === 'reallocate')
      await importRules(finops, { ruleset: larkspur.ruleset, file: 'rules.yml', note: 'Where we start' });
    await background.run({ name });
    await context.store.recordJobRun({
      job: name,
      scheduledForMs: now,
      finishedAtMs: context.clock(),
      ok: true,
      sentence: null,
    });
  }
  await deliver();
  await running.startSchedule();
}
