import type { WebClient } from '@slack/web-api';
import { AppError } from '../core/errors.js';
import type { Context } from '../usecases/context.js';
import { claimNotices, listInterrupted, recordSent, recordUnsent } from '../usecases/outbox.js';
import { context as contextLine, type Message } from './blocks.js';
import { type Address, type Entry, resolveAddress } from './deliver/address.js';
import { chartOf, type DrawChart, uploadChart } from './deliver/chart.js';
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
}

/** How many notices one run delivered, and how many are put back or given up. */
export interface DeliveryReport {
  readonly sent: number;
  readonly failed: number;
}

const BATCH = 20;
/** A run ends after this many batches at the latest, so that a notice that is always due cannot hold it for ever. */
const MAX_BATCHES = 50;

interface Place {
  readonly channelId: string;
  readonly ts: string;
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
): Promise<Place> {
  try {
    return await post(message);
  } catch (error) {
    if (readTrouble(error).kind !== 'layout') throw error;
    deps.context.log.error('Slack refused the layout of a message; its text is posted alone.', { error });
    return post({ text: message.text, blocks: [] });
  }
}

async function edit(deps: DeliverDeps, entry: Entry, place: Place): Promise<Place> {
  return withPlainFallback(deps, noticeMessage(entry.notice.body), async (message) => {
    await deps.client.chat.update({ channel: place.channelId, ts: place.ts, ...payloadOf(entry, message) });
    return place;
  });
}

async function postTo(
  deps: DeliverDeps,
  entry: Entry,
  to: { address: Address; message: Message },
): Promise<Place> {
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
async function post(deps: DeliverDeps, entry: Entry, address: Address): Promise<Place> {
  const message = noticeMessage(entry.notice.body);
  try {
    return await postTo(deps, entry, { address, message });
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
    return postTo(deps, entry, {
      address: { channel: fallback, threadTs: null, fallback: null },
      message: redirected,
    });
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

/** The place of the entry's message, with the entry's revision standing in it. `isNew` when it was posted just now. */
async function settle(
  deps: DeliverDeps,
  entry: Entry,
  doubtful: boolean,
): Promise<Place & { isNew: boolean }> {
  if (entry.channelId !== null && entry.ts !== null) {
    return { ...(await edit(deps, entry, { channelId: entry.channelId, ts: entry.ts })), isNew: false };
  }
  const address = await resolveAddress(deps, entry).catch((error: unknown): Address => {
    if (readTrouble(error).kind !== 'channel') throw error;
    return { channel: deps.settings.finopsChannel, threadTs: null, fallback: null };
  });
  const found = doubtful ? await alreadyPosted(deps, entry, address) : null;
  if (found === null) return { ...(await post(deps, entry, address)), isNew: true };
  if (found.revision < entry.revision) await edit(deps, entry, found);
  return { channelId: found.channelId, ts: found.ts, isNew: true };
}

/** After the message stands and is recorded: a chart that fails is missed, never a reason to post again. */
async function addChart(deps: DeliverDeps, entry: Entry, place: Place): Promise<void> {
  const request = chartOf(entry.notice.body);
  if (request === null) return;
  try {
    await uploadChart(deps.client, await deps.drawChart(request), place);
  } catch (error) {
    deps.context.log.warn('A chart is missing from a thread.', { key: entry.notice.key, error });
  }
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

async function deliverOne(deps: DeliverDeps, entry: Entry, doubtful: boolean): Promise<boolean> {
  let place: Place & { isNew: boolean };
  try {
    place = await settle(deps, entry, doubtful);
  } catch (error) {
    const trouble: SlackTrouble =
      error instanceof AppError
        ? { kind: 'later', sentence: error.message, retryAfterMs: null }
        : readTrouble(error);
    await noteTrouble(deps, entry, trouble);
    return false;
  }
  await recordSent(deps.context, { entry, channelId: place.channelId, ts: place.ts });
  if (place.isNew) await addChart(deps, entry, place);
  return true;
}

async function drain(deps: DeliverDeps): Promise<DeliveryReport> {
  let sent = 0;
  let failed = 0;
  const deliverAll = async (entries: readonly Entry[], interrupted: boolean): Promise<void> => {
    for (const entry of entries) {
      // A revised entry starts counting its attempts anew, so a revision alone leaves doubt too.
      const doubtful = interrupted || entry.attempts > 0 || entry.revision > 1;
      const delivered = await deliverOne(deps, entry, doubtful);
      if (delivered) sent += 1;
      else failed += 1;
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

/**
 * Makes the job that drains the outbox into Slack. Runs follow one another, never side by side: what one run
 * holds as `sending` the next would take for interrupted.
 */
export function createDeliver(deps: DeliverDeps): () => Promise<DeliveryReport> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const run = last.then(() => drain(deps));
    last = run.catch(() => undefined);
    return run;
  };
}
