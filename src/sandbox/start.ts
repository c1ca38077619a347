import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { SourceConfig } from '../config-sources.js';
import { parseNanos } from '../core/money.js';
import { utcDay } from '../core/time.js';
import { parsePeople } from '../hr/csv.js';
import { type AssembledApp, type RunningApp, startApp } from '../running-app.js';
import { clientOptions, deliveryClientOptions } from '../slack/app.js';
import type { Log } from '../usecases/context.js';
import { importPeople } from '../usecases/import-people.js';
import { importRules } from '../usecases/import-rules.js';
import { createLarkspur, type Larkspur } from './larkspur/index.js';
import { createSandboxSlack, type SandboxSlack } from './slack/index.js';
import { startAnthropicServer } from './vendors/anthropic-server.js';
import { startOpenAiServer } from './vendors/openai-server.js';
import { startSandboxWeb } from './web.js';

const TOKEN = 'xoxb-sandbox';
/** Large enough that a visitor's first rule counts at once, small enough that moving a team's month does not. */
const APPROVAL = { threshold: parseNanos('25000'), basisPoints: null };

/** A sandbox that is open at `address`; `filled` settles when bills, digests and alerts are in. */
export interface Sandbox extends RunningApp {
  readonly address: string;
  readonly filled: Promise<void>;
}

/**
 * The whole product without any account: the made-up company Larkspur, vendors that speak their protocols on
 * 127.0.0.1, a fake Slack behind the very same listeners, and a web page. Starts afresh each time.
 */
export async function startSandbox(options: {
  port: number;
  clock: () => number;
  log: Log;
  folder?: string;
}): Promise<Sandbox> {
  const folder = resolve(options.folder ?? 'data/sandbox');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const larkspur = createLarkspur({ today: utcDay(options.clock()) });
  const vendors = await startVendors(larkspur);
  const slack = createSandboxSlack({
    ...larkspur.slack,
    people: personasFirst(larkspur.slack),
    clock: options.clock,
    appName: 'Apportion',
  });
  const web = await startSandboxWeb({ slack, port: options.port, host: '127.0.0.1' });
  const app = createApp(slack);
  const running = await startApp({
    config: configOf(larkspur, folder, vendors.sources),
    connect: () => ({
      app,
      client: new WebClient(TOKEN, { ...deliveryClientOptions(), fetch: slack.fetch }),
    }),
    postGapMs: 0,
    log: options.log,
    clock: options.clock,
  });
  await app.init();
  await app.start();
  return {
    address: `${web.address}#${larkspur.slack.personas[0]}/${larkspur.slack.finopsChannel}`,
    filled: fill(running, larkspur),
    async stop() {
      await app.stop();
      await running.stop();
      await Promise.all([web.close(), vendors.close()]);
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
async function startVendors({
  anthropic,
  openai,
}: Larkspur): Promise<{ sources: SourceConfig[]; close: () => Promise<void> }> {
  const servers = [await startAnthropicServer(anthropic, {}), await startOpenAiServer(openai, {})] as const;
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
  const bills = larkspur.focusFiles.map((file) =>
    source(file.source, { kind: 'focus-file', path: writeBill(folder, file) }),
  );
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

function writeBill(folder: string, file: Larkspur['focusFiles'][number]): string {
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
