import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Actor } from '../core/base/actor.js';
import { parsePlans } from '../providers/files/plan-file.js';
import { createDeliver, type Delivery } from '../slack/deliver/deliver.js';
import { digestReaders } from '../slack/digests/readers.js';
import { slackContext } from '../slack/kit/context.js';
import type { Download } from '../slack/kit/download.js';
import type { SlackDeps } from '../slack/kit/request.js';
import { listen } from '../slack/listen.js';
import { linkEverybody } from '../slack/people/link.js';
import type { Context, Log } from '../usecases/context.js';
import { assembleContext } from './assemble.js';
import { type Background, startBackground } from './background.js';
import type { Config } from './config.js';
import { createJobs } from './jobs.js';
import { catchUp, type Scheduler, startScheduler } from './scheduler.js';

/** The actor of work that nobody asked for. */
export const JOBS: Actor = { kind: 'system', name: 'jobs' };

/** Something that was started and can be stopped; `stop` waits for work under way. Stop the Bolt app first. */
export interface RunningApp {
  stop(): Promise<void>;
}

/** The pieces a surface may want to drive itself: the sandbox does. */
export interface AssembledApp extends RunningApp {
  readonly app: App;
  readonly context: Context;
  readonly background: Background;
  readonly deliver: () => Promise<unknown>;
  /** Links the people of the directory to their Slack users, as far as Slack tells; its trouble is only logged. */
  linkPeople(): Promise<void>;
  /** Starts the timetable; runs that were missed while the process was down are made up for first. */
  startSchedule(): Promise<void>;
  /** Makes up for runs that were missed because the clock jumped, then delivers; resolves when that is done. */
  catchUp(): Promise<void>;
}

/** Plugs store, worker, listeners and delivery together behind the Bolt app that `connect` makes and does not start. */
export async function startApp(parts: {
  config: Pick<Config, 'dbPath' | 'company' | 'sources' | 'lent' | 'slack'>;
  connect: (context: Context) => { readonly app: App; readonly client: WebClient };
  log: Log;
  clock: () => number;
  /** How uploaded files are fetched; default: from Slack. */
  download?: Download;
  /** Least time between two posts in one channel; default: what Slack asks for. */
  postGapMs?: number;
}): Promise<AssembledApp> {
  const { config, log, clock, postGapMs, download } = parts;
  const context = await assembleContext(config, { actor: { kind: 'system', name: 'apportion' }, log, clock });
  const { app, client } = parts.connect(context);
  const { dbPath, company, sources, lent } = config;
  const background = startBackground({ dbPath, company, sources, lent }, clock);
  const drawChart: SlackDeps['drawChart'] = (chart) => background.run(JOBS, 'draw', chart);
  const gap = postGapMs === undefined ? {} : { postGapMs };
  const shared = { context: slackContext(context), settings: config.slack, drawChart };
  const delivery = createDeliver({ ...shared, client, ...gap });
  const listeners = listen(app, {
    ...shared,
    runJob: createJobRunner(background, delivery, log),
    readPlans: parsePlans,
    ...(download && { download }),
    run: background.run,
  });
  const timetable = createTimetable({ context, background, delivery, client });
  return {
    app,
    context,
    background,
    deliver: () => delivery.deliver(),
    linkPeople: () => linkPeople(context, client),
    startSchedule: () => timetable.start(),
    async catchUp() {
      await timetable.catchUp();
      await delivery.deliver();
      await delivery.idle();
    },
    async stop() {
      // A delivery may wait minutes for its turns in a channel, and listeners and jobs for it: so it ends first.
      await Promise.all([delivery.stop(), listeners.idle()]);
      await timetable.stop();
      await background.close();
      await context.store.close();
    },
  };
}

/** Runs what a click asks for. */
function createJobRunner(background: Background, delivery: Delivery, log: Log): SlackDeps['runJob'] {
  return async (name) => {
    if (name !== 'deliver') await background.run(JOBS, name);
    // Posts wait for their turns; the person who clicked does not wait with them.
    else delivery.deliver().catch((error: unknown) => log.error('Delivering failed.', { error }));
  };
}

/** The jobs by the clock, not started yet. */
function createTimetable(parts: {
  readonly context: Context;
  readonly background: Background;
  readonly delivery: Delivery;
  readonly client: WebClient;
}): { start(): Promise<void>; catchUp(): Promise<void>; stop(): Promise<void> } {
  const { context, background, delivery, client } = parts;
  const jobs = createJobs({
    async run(name) {
      // Who reads the month is asked of Slack, which the worker does not know.
      if (name !== 'write-digests' && name !== 'revise-digests') return background.run(JOBS, name);
      return background.run(JOBS, name, { readers: await digestReaders(slackContext(context), client) });
    },
    deliver: () => delivery.deliver(),
  });
  let scheduler: Scheduler | null = null;
  return {
    async start() {
      scheduler = await startScheduler(jobs, context);
    },
    catchUp: () => catchUp(jobs, context),
    async stop() {
      await scheduler?.stop();
    },
  };
}

async function linkPeople(context: Context, client: WebClient): Promise<void> {
  try {
    await linkEverybody(slackContext(context), client);
  } catch (error) {
    const consequence = 'people are found by e-mail until the next start';
    context.log.warn(`Slack did not list its users; ${consequence}.`, { error });
  }
}
