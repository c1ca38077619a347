import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { startApp } from '../app/running-app.js';
import { parseNanos } from '../core/base/money.js';
import { utcDay } from '../core/base/time.js';
import type { SourceSettings } from '../core/sources/feed.js';
import { downloadBy } from '../slack/kit/download.js';
import { clientOptions, deliveryClientOptions } from '../slack/transport/client-options.js';
import type { Log } from '../usecases/context.js';
import { closeEarlierMonths, enterDueInvoices, fill } from './fill.js';
import type { FocusFile } from './larkspur/bills.js';
import { GITHUB_ORGANIZATION } from './larkspur/copilot.js';
import { CURSOR_SEAT_PRICE } from './larkspur/cursor.js';
import { createLarkspur, type Larkspur } from './larkspur/index.js';
import { createSandboxSlack, type SandboxSlack } from './slack/index.js';
import { startAnthropicServer } from './vendors/anthropic-server.js';
import { startCursorServer } from './vendors/cursor-server.js';
import { startGithubServer } from './vendors/github-server.js';
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
    download: downloadBy(slack.fetch),
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
      await enterDueInvoices(running, larkspur);
      await closeEarlierMonths(running, larkspur);
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

/** Fake vendors, with the sources that point at them. */
async function startVendors(
  { anthropic, openai, cursor, github }: Larkspur,
  clock: () => number,
): Promise<{ sources: SourceSettings[]; close: () => Promise<void> }> {
  const servers = [
    await startAnthropicServer(anthropic, { clock }),
    await startOpenAiServer(openai, {}),
    await startCursorServer(cursor),
    await startGithubServer(github),
  ] as const;
  return {
    sources: [
      source('anthropic', { kind: 'anthropic', credential: anthropic.adminKey, baseUrl: servers[0].url }),
      source('openai', { kind: 'openai', credential: openai.adminKey, baseUrl: servers[1].url }),
      source('cursor', {
        kind: 'cursor',
        credential: cursor.apiKey,
        baseUrl: servers[2].url,
        options: { seatPrice: CURSOR_SEAT_PRICE },
      }),
      source('github-copilot', {
        kind: 'github-copilot',
        credential: github.token,
        baseUrl: servers[3].url,
        options: { organization: GITHUB_ORGANIZATION },
      }),
    ],
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function configOf(
  larkspur: Larkspur,
  folder: string,
  vendors: readonly SourceSettings[],
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

function source(name: string, parts: Partial<SourceSettings> & { kind: string }): SourceSettings {
  return { name, credential: null, baseUrl: null, path: null, options: {}, ...parts };
}

function writeBill(folder: string, file: FocusFile): string {
  const path = join(folder, file.fileName);
  writeFileSync(path, file.text);
  return path;
}
