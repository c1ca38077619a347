import type { WebClient } from '@slack/web-api';
import { AppError } from '../core/errors.js';
import type { Context } from '../usecases/context.js';
import { claimNotices, isStanding, listInterrupted, recordSent, recordUnsent } from '../usecases/outbox.js';
import { context as contextLine, type Message, type Picture } from './blocks.js';
import { type Address, type Entry, resolveAddress } from './deliver/address.js';
import { chartOf, type DrawChart } from './deliver/chart.js';
import { ChartQueue, type ChartQueueDeps, type Place, type Uncharted } from './deliver/chart-queue.js';
import { EVENT_TYPE, findPosted } from './deliver/reconcile.js';
import { readTrouble, type SlackTrouble } from './deliver/slack-error.js';
import { withinLimits } from './limits.js';
import { noticeMessage } from './messages/notice.js';
import type { SlackSettings } from './settings.js';
import { displayName } from './text.js';

/** What `createDeliver` is handed by the roof. */
export interface DeliverDeps {
  readonly context: Context;
  /** Should be made with `deliveryClientOptions()`: a client that retries by itself posts twice. */
  readonly client: WebClient;
  readonly settings: SlackSettings;
  readonly drawChart: DrawChart;
  /** How charts wait for Slack; only tests have their own. */
  readonly pause?: ChartQueueDeps['pause'];
}

/** How many notices one run delivered, and how many are put back or given up. */
export interface DeliveryReport {
  readonly sent: number;
  readonly failed: number;
}

const BATCH = 20;
/** A run ends after this many batches at the latest, so that a notice that is always due cannot hold it for ever. */
const MAX_BATCHES = 50;

/** Where a message stands and how it came there. */
interface Settled extends Place {
  /** Posted just now: its thread holds nothing yet. */
  readonly isNew: boolean;
  /** Surely laid out as its notice says: not its text alone, and no line above it about another channel. */
  readonly isAsLaidOut: boolean;
}

function payloadOf(entry: Entry, message: Message) {
  return {
    text: message.text,
    blocks: [...message.blocks],
    metadata: {
      event_type: EVENT_TYPE,
      event_payload: { key: entry.notice.key, revision: entry.revision },
    },
  };
}

/** Posts with blocks; where Slack refuses the layout, with the text alone: a plain notice beats a lost one. */
async function withPlainFallback(
  deps: DeliverDeps,
  message: Message,
  post: (message: Message) => Promise<Place>,
): Promise<Place & { readonly isAsLaidOut: boolean }> {
  try {
    return { ...(await post(message)), isAsLaidOut: true };
  } catch (error) {
    if (readTrouble(error).kind !== 'layout') throw error;
    deps.context.log.error('Slack refused the layout of a message; its text is posted alone.', { error });
    return { ...(await post({ text: message.text, blocks: [] })), isAsLaidOut: false };
  }
}

async function edit(deps: DeliverDeps, entry: Entry, place: Place) {
  return withPlainFallback(deps, noticeMessage(entry.notice.body), async (message) => {
    await deps.client.chat.update({ channel: place.channelId, ts: place.ts, ...payloadOf(entry, message) });
    return place;
  });
}

async function postTo(deps: DeliverDeps, entry: Entry, to: { address: Address; message: Message }) {
  return withPlainFallback(deps, to.message, async (message) => {
    const posted = await deps.client.chat.postMessage({
      channel: to.address.channel,
      unfurl_links: false,
      unfurl_media: false,
      ...(to.address.threadTs === null ? {} : { thread_ts: to.address.threadTs }),
      ...payloadOf(entry, message),
    });
    if (posted.channel === undefined || posted.ts === undefined) {
      throw new AppError('upstream', 'Slack took the message but did not say where it stands.');
    }
    return { channelId: posted.channel, ts: posted.ts };
  });
}

/** Posts; when the place is no good, to the FinOps channel with a line that says why. */
async function post(deps: DeliverDeps, entry: Entry, address: Address): Promise<Settled> {
  const message = noticeMessage(entry.notice.body);
  try {
    return { ...(await postTo(deps, entry, { address, message })), isNew: true };
  } catch (error) {
    const trouble = readTrouble(error);
    const { fallback } = address;
    if (trouble.kind !== 'channel' || fallback === null || fallback === address.channel) throw error;
    deps.context.log.warn('A message goes to FinOps instead.', {
      key: entry.notice.key,
      sentence: trouble.sentence,
    });
    const why = contextLine(`Meant for ${displayName(address.channel)}. ${trouble.sentence}`);
    const redirected = withinLimits({ text: message.text, blocks: [why, ...message.blocks] });
    const place = await postTo(deps, entry, {
      address: { channel: fallback, threadTs: null, fallback: null },
      message: redirected,
    });
    return { ...place, isNew: true, isAsLaidOut: false };
  }
}

/**
 * What got through earlier, for a notice that may have: after a crash between post and record, or a lost answer.
 * Where Slack will not show the channel's history nobody can know; posting again is the smaller harm.
 */
async function alreadyPosted(deps: DeliverDeps, entry: Entry, address: Address) {
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
async function settle(deps: DeliverDeps, entry: Entry, doubtful: boolean): Promise<Settled> {
  if (entry.channelId !== null && entry.ts !== null) {
    const place = await edit(deps, entry, { channelId: entry.channelId, ts: entry.ts });
    return { ...place, isNew: false };
  }
  const address = await resolveAddress(deps, entry).catch((error: unknown): Address => {
    if (readTrouble(error).kind !== 'channel') throw error;
    return { channel: deps.settings.finopsChannel, threadTs: null, fallback: null };
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

/** Edits a message so that it shows its chart; one that was revised meanwhile is left to its newer chart. */
async function showChart(deps: DeliverDeps, { entry, place }: Uncharted, chart: Picture): Promise<void> {
  if (!(await isStanding(deps.context, entry))) return;
  const message = noticeMessage(entry.notice.body, chart);
  await deps.client.chat.update({ channel: place.channelId, ts: place.ts, ...payloadOf(entry, message) });
}

async function noteTrouble(deps: DeliverDeps, entry: Entry, trouble: SlackTrouble): Promise<void> {
  deps.context.log.warn('A notice was not delivered.', { key: entry.notice.key, sentence: trouble.sentence });
  await recordUnsent(deps.context, {
    entry,
    sentence: trouble.sentence,
    final: trouble.kind !== 'later',
    retryAfterMs: trouble.kind === 'later' ? trouble.retryAfterMs : null,
  });
}

/** Null when the notice was not delivered, else the chart that it lacks, if any. */
async function deliverOne(deps: DeliverDeps, entry: Entry, doubtful: boolean): Promise<Uncharted[] | null> {
  let settled: Settled;
  try {
    settled = await settle(deps, entry, doubtful);
  } catch (error) {
    const trouble: SlackTrouble =
      error instanceof AppError
        ? { kind: 'later', sentence: error.message, retryAfterMs: null }
        : readTrouble(error);
    await noteTrouble(deps, entry, trouble);
    return null;
  }
  await recordSent(deps.context, { entry, channelId: settled.channelId, ts: settled.ts });
  return chartLacking(entry, settled);
}

/** `lacking` is told of every message that stands without its chart. */
async function drain(
  deps: DeliverDeps,
  lacking: (uncharted: readonly Uncharted[]) => void,
): Promise<DeliveryReport> {
  let sent = 0;
  let failed = 0;
  const deliverAll = async (entries: readonly Entry[], interrupted: boolean): Promise<void> => {
    for (const entry of entries) {
      // A revised entry starts counting its attempts anew, so a revision alone leaves doubt too.
      const doubtful = interrupted || entry.attempts > 0 || entry.revision > 1;
      const uncharted = await deliverOne(deps, entry, doubtful);
      if (uncharted === null) failed += 1;
      else {
        sent += 1;
        lacking(uncharted);
      }
    }
  };
  await deliverAll(await listInterrupted(deps.context), true);
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const entries = await claimNotices(deps.context, BATCH);
    if (entries.length === 0) break;
    await deliverAll(entries, false);
  }
  return { sent, failed };
}

/** The outbox's way into Slack. */
export interface Delivery {
  /** Posts and edits what is due; resolves when it stands. Its charts follow by themselves. */
  deliver(): Promise<DeliveryReport>;
  /** Resolves when no chart is on its way any more. */
  idle(): Promise<void>;
  /** Gives up charts that are still to come; what is posted stays. Call it before the store closes. */
  stop(): Promise<void>;
}

/**
 * Makes the job that drains the outbox into Slack. Runs follow one another, never side by side: what one run
 * holds as `sending` the next would take for interrupted. Charts come after the run, and only the edits that show
 * them wait for their turn among the runs, so that a slow file holds nobody up.
 */
export function createDeliver(deps: DeliverDeps): Delivery {
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
    stop: () => charts.stop(),
  };
}
