import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import {
  addressOf,
  claimNotices,
  isStanding,
  listInterrupted,
  putBack,
  recordSent,
  recordUnsent,
} from '../../usecases/notices/outbox.js';
import type { SlackSettings } from '../kit/access.js';
import type { Picture } from '../kit/blocks.js';
import type { SlackContext } from '../kit/context.js';
import { type DrawChart } from '../kit/picture.js';
import { readTrouble, type SlackTrouble } from '../kit/slack-error.js';
import { displayName } from '../kit/text.js';
import { type Address, type Entry, resolveAddress } from './address.js';
import { chartOf } from './chart.js';
import { ChartQueue, type ChartQueueDeps, type Uncharted } from './chart-queue.js';
import { noticeMessage } from './notice-message.js';
import { createPacer, POST_GAP_MS } from './pacer.js';
import { edit, type PostDeps, payloadOf, post, type Settled } from './post.js';
import { findPosted } from './reconcile.js';

/** What `createDeliver` is handed by the app. */
export interface DeliverDeps {
  readonly context: SlackContext;
  /** Should be made with `deliveryClientOptions()`: a client that retries by itself posts twice. */
  readonly client: WebClient;
  readonly settings: SlackSettings;
  readonly drawChart: DrawChart;
  /** How charts and posts wait for Slack; only tests have their own. */
  readonly pause?: ChartQueueDeps['pause'];
  /** Least time between two posts in one channel after a short burst; default `POST_GAP_MS`. */
  readonly postGapMs?: number;
}

type RunDeps = DeliverDeps & PostDeps & { readonly stopping: AbortSignal };

/** How many notices one run delivered, and how many are put back or given up. */
interface DeliveryReport {
  readonly sent: number;
  readonly failed: number;
}

const BATCH = 20;
const CHANNEL_RETRY_MS = 10 * 60_000;
/** A run ends after this many batches at the latest, so that a notice that is always due cannot hold it for ever. */
const MAX_BATCHES = 50;

/**
 * What got through earlier, for a notice that may have: after a crash between post and record, or a lost answer.
 * Where Slack will not show the channel's history nobody can know; posting again is the smaller harm.
 */
async function alreadyPosted(deps: RunDeps, entry: Entry, address: Address) {
  const places = [address, ...(address.fallback === null ? [] : [{ ...address, channel: address.fallback }])];
  for (const place of places) {
    try {
      const found = await findPosted(deps.client, entry, place);
      if (found !== null) return found;
    } catch (error) {
      const trouble = readTrouble(error);
      if (trouble.kind === 'later') throw error;
      deps.context.log.warn('A channel cannot be searched for a message that may have been posted.', {
        key: entry.notice.key,
        sentence: trouble.sentence,
      });
    }
  }
  return null;
}

/** The place of the entry's message, with the entry's revision standing in it. */
async function settle(deps: RunDeps, entry: Entry, doubtful: boolean): Promise<Settled> {
  if (entry.channelId !== null && entry.ts !== null) {
    const place = await edit(deps, entry, { channelId: entry.channelId, ts: entry.ts });
    return { ...place, isNew: false };
  }
  const address = await resolveAddress(deps, entry).catch((error: unknown): Address => {
    const trouble = readTrouble(error);
    if (trouble.kind !== 'channel') throw error;
    const { audience } = entry.notice;
    const meant = audience.kind === 'person' ? `Meant for ${displayName(audience.email)}. ` : '';
    const why = `${meant}${trouble.sentence}`;
    return { channel: deps.settings.finopsChannel, threadTs: null, fallback: null, why };
  });
  const found = doubtful ? await alreadyPosted(deps, entry, address) : null;
  if (found === null) return post(deps, entry, address);
  if (found.revision < entry.revision) await edit(deps, entry, found);
  return { channelId: found.channelId, ts: found.ts, isNew: true, isAsLaidOut: false };
}

/**
 * The chart that a settled message lacks. A digest's is new with each revision, since its figures are; an alert's
 * stays in the thread as it was when the alert was raised.
 */
function chartLacking(entry: Entry, { channelId, ts, isNew, isAsLaidOut }: Settled): Uncharted[] {
  const chart = chartOf(entry.notice.body);
  const isDigest = entry.notice.body.kind === 'digest';
  if (chart === null || !(isNew || isDigest)) return [];
  return [{ entry, place: { channelId, ts }, chart, isShown: isDigest && isAsLaidOut }];
}

/** A reply has no thread of its own: its chart goes into that which it stands in. */
async function inThread(
  deps: RunDeps,
  entry: Entry,
  uncharted: readonly Uncharted[],
): Promise<readonly Uncharted[]> {
  if (uncharted.length === 0 || entry.notice.parentKey === null) return uncharted;
  const { parent } = await addressOf(deps.context, entry);
  const ts = parent?.ts ?? null;
  return ts === null ? [] : uncharted.map((each) => ({ ...each, place: { ...each.place, ts } }));
}

/** Edits a message so that it shows its chart; one that was revised meanwhile is left to its newer chart. */
async function showChart(deps: RunDeps, { entry, place }: Uncharted, chart: Picture): Promise<void> {
  if (!(await isStanding(deps.context, entry))) return;
  const message = noticeMessage(entry.notice.body, chart);
  await deps.client.chat.update({ channel: place.channelId, ts: place.ts, ...payloadOf(entry, message) });
}

async function noteTrouble(deps: RunDeps, entry: Entry, trouble: SlackTrouble): Promise<void> {
  const { sentence } = trouble;
  deps.context.log.warn('A notice was not delivered.', { key: entry.notice.key, sentence });
  if (trouble.kind === 'later') {
    const reason = trouble.outage ? 'outage' : 'refused';
    await recordUnsent(deps.context, { entry, sentence, reason, retryAfterMs: trouble.retryAfterMs });
  } else if (trouble.kind === 'channel') {
    // Not even FinOps's channel would have it: nothing is lost while somebody mends that.
    deps.context.log.error('No channel takes a message; look at the FinOps channel.', { sentence });
    await recordUnsent(deps.context, { entry, sentence, reason: 'outage', retryAfterMs: CHANNEL_RETRY_MS });
  } else {
    await recordUnsent(deps.context, { entry, sentence, reason: 'final', retryAfterMs: null });
  }
}

/** What one notice came to: the charts that it lacks, or the trouble it met. */
type Outcome = { readonly uncharted: readonly Uncharted[] } | { readonly trouble: SlackTrouble } | 'given-up';

/** Whether the app stopped while the notice waited for its turn: then nobody has tried to post it. */
function wasGivenUp({ stopping }: RunDeps, error: unknown): boolean {
  return stopping.aborted && error instanceof Error && error.name === 'AbortError';
}

async function deliverOne(deps: RunDeps, entry: Entry, doubtful: boolean): Promise<Outcome> {
  let settled: Settled;
  try {
    settled = await settle(deps, entry, doubtful);
  } catch (error) {
    if (wasGivenUp(deps, error)) return 'given-up';
    const trouble = readTrouble(error);
    await noteTrouble(deps, entry, trouble);
    return { trouble };
  }
  await recordSent(deps.context, { entry, channelId: settled.channelId, ts: settled.ts });
  return { uncharted: await inThread(deps, entry, chartLacking(entry, settled)) };
}

/**
 * Delivers what is due. An outage ends the run: what is left would only meet it too, so it is put back untried and
 * the next run begins with it. `lacking` is told of every message that stands without its chart.
 */
async function drain(
  deps: RunDeps,
  lacking: (uncharted: readonly Uncharted[]) => void,
): Promise<DeliveryReport> {
  let sent = 0;
  let failed = 0;
  const deliverAll = async (entries: readonly Entry[], interrupted: boolean): Promise<boolean> => {
    for (const [at, entry] of entries.entries()) {
      // A revised entry starts counting its attempts again, so a revision alone leaves doubt too.
      const doubtful = interrupted || entry.attempts > 0 || entry.revision > 1;
      const outcome = deps.stopping.aborted ? 'given-up' : await deliverOne(deps, entry, doubtful);
      if (outcome === 'given-up') {
        if (!interrupted) await putBack(deps.context, entries.slice(at));
        return false;
      }
      if ('uncharted' in outcome) {
        sent += 1;
        lacking(outcome.uncharted);
        continue;
      }
      failed += 1;
      if (outcome.trouble.kind !== 'later' || !outcome.trouble.outage) continue;
      // Interrupted ones stay as they are: only their metadata can tell whether they got through.
      if (!interrupted) await putBack(deps.context, entries.slice(at + 1));
      return false;
    }
    return true;
  };
  let goesOn = await deliverAll(await listInterrupted(deps.context), true);
  for (let batch = 0; goesOn && batch < MAX_BATCHES; batch++) {
    const entries = await claimNotices(deps.context, BATCH);
    if (entries.length === 0) break;
    goesOn = await deliverAll(entries, false);
  }
  return { sent, failed };
}

/** The outbox's way into Slack. */
export interface Delivery {
  /** Posts and edits what is due; resolves when it stands. Its charts follow by themselves. */
  deliver(): Promise<DeliveryReport>;
  /** Resolves when no chart is on its way any more. */
  idle(): Promise<void>;
  /**
   * Ends the run before its next notice, puts what is left back and gives up charts that are still to come. Call it
   * before the store closes, and before waiting for anybody who waits for a delivery.
   */
  stop(): Promise<void>;
}

/**
 * Makes the job that drains the outbox into Slack. Runs follow one another, never side by side: what one run
 * holds as `sending` the next would take for interrupted. Charts come after the run, and only the edits that show
 * them wait for their turn among the runs, so that a slow file holds nobody up.
 */
export function createDeliver(given: DeliverDeps): Delivery {
  const stopping = new AbortController();
  const pause = async (ms: number): Promise<void> => {
    const { signal } = stopping;
    await (given.pause?.(ms, signal) ?? sleep(ms, undefined, { signal }));
  };
  const pacer = createPacer({
    clock: given.context.clock,
    pause,
    gapMs: given.postGapMs ?? POST_GAP_MS,
  });
  const deps: RunDeps = { ...given, pacer, stopping: stopping.signal };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
  const charts = new ChartQueue({
    ...deps,
    log: deps.context.log,
    show: (uncharted, chart) => inTurn(() => showChart(deps, uncharted, chart)),
  });
  return {
    async deliver() {
      const lacking: Uncharted[] = [];
      try {
        return await inTurn(() => drain(deps, (more) => lacking.push(...more)));
      } finally {
        charts.add(lacking);
      }
    },
    idle: () => charts.idle(),
    async stop() {
      stopping.abort();
      await last;
      await charts.stop();
    },
  };
}
