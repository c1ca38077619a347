import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { z } from 'zod';
import type { ChartRequest } from '../../charts/spec.js';
import { AppError } from '../../core/base/errors.js';
import { sumNanos } from '../../core/base/money.js';
import { takeAsIs } from '../../core/spend/as-is.js';
import type { SpendQuestion, SpendReport } from '../../core/spend/spend.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import { showSpend } from '../../usecases/spend/show-spend.js';
import { type Message, sentenceMessage } from '../kit/blocks.js';
import { type Asker, type Click as KitClick, onClick, onCommand, type Request } from '../kit/listener.js';
import { requireOwnChannel } from '../kit/own-channel.js';
import { resolveReferences } from '../kit/people.js';
import { type Place, uploadChart } from '../kit/picture.js';
import { contextOf, type Surface } from '../kit/request.js';
import { readTrouble } from '../kit/slack-error.js';
import { displayName, unescapeMrkdwn } from '../kit/text.js';
import { helpMessage, QUESTION_IDS } from './help.js';
import {
  AskPayload,
  DRILL_DOWNS,
  drillDownId,
  MAX_SUGGESTIONS,
  notUnderstoodMessage,
  PICTURE_ID,
  SHARE_ID,
  spendMessage,
  suggestionId,
} from './message.js';

/** Slack's own chart takes so many points. */
const MOST_POINTS = 20;

/** Whom the report is about, for a chart's title. */
function titleOf({ question }: SpendReport): string {
  const { scope, rangeLabel } = question;
  const who = scope === null ? 'The company' : 'dimension' in scope ? scope.owner : scope.value;
  return `${displayName(who, 60)}, ${displayName(rangeLabel, 40)}`;
}

/** The report's total over time, in at most twenty bars: what Slack can draw by itself. Bars add up to the total. */
function trendOf(report: SpendReport): ChartRequest {
  const { buckets, series, provisionalFrom } = report.chart;
  const step = Math.max(1, Math.ceil(buckets.length / MOST_POINTS));
  const days = buckets.flatMap((day, at) =>
    at % step === 0
      ? [{ day, cost: sumNanos(series.flatMap(({ costs }) => costs.slice(at, at + step))) }]
      : [],
  );
  return {
    kind: 'trend',
    title: titleOf(report),
    currency: report.currency,
    days,
    provisionalFrom: provisionalFrom === null ? null : Math.floor(provisionalFrom / step),
  };
}

/** The same money as our picture: stacked by what the report is grouped by. */
function pictureOf(report: SpendReport): ChartRequest {
  return { kind: 'spend', title: titleOf(report), series: report.chart };
}

/** One `/spend` question as it came from Slack. */
interface Ask extends Asker {
  readonly text: string;
  /** Set when the answer goes to the whole channel. */
  readonly sharedBy: string | null;
  /** The workspace it is asked in, where Slack says. */
  readonly teamId?: string | undefined;
}

/** Asks the use case and renders its answer: the one way from `/spend` text to a message. */
export async function answerSpend(surface: Surface, ask: Ask): Promise<Message> {
  return (await askSpend(surface, ask)).message;
}

/** An answer, and what decides where it may be said. */
export interface Answered {
  readonly understood: boolean;
  /** Not for a whole channel: it names people, or not everybody may see it. */
  readonly isPrivate: boolean;
  readonly message: Message;
  /** The figures; null where there are none. */
  readonly report: SpendReport | null;
  /** The message with Slack's own chart in it; null: there is nothing to draw, or Slack would not. */
  readonly charted: Message | null;
}

/** The same, with whether the question was understood and who may read the answer. */
export async function askSpend(surface: Surface, ask: Ask): Promise<Answered> {
  const viewer = await surface.access.viewerOf(ask.client, ask.user.id);
  const input = { text: ask.text, askedBy: viewer.email, viewer };
  const found = takeAsIs(ask.text).asIs
    ? await surface.run(surface.context.actor, 'show-spend', input)
    : await showSpend(contextOf(surface, ask.user), input);
  if (found.kind !== 'report') {
    const message = notUnderstoodMessage(found.sentence, found.suggestions);
    return { understood: found.kind === 'refused', isPrivate: true, message, report: null, charted: null };
  }
  const { report } = found;
  const { visibility } = (await readSettings(surface.context)).settings;
  const isPrivate = visibility.teams !== 'all' || namesPeople(report.question);
  const view = { text: ask.text, sharedBy: ask.sharedBy, canShare: !isPrivate };
  const chart = surface.charts.choose(ask.teamId ?? '', trendOf(report));
  return {
    understood: true,
    isPrivate,
    message: spendMessage(report, { ...view, chart: null }),
    report,
    charted: chart === null ? null : spendMessage(report, { ...view, chart }),
  };
}

/** Answers the person alone, with Slack's own chart where the workspace draws it and without where it does not. */
async function answerCharted(
  surface: Surface,
  tell: Request['tell'],
  said: { readonly answered: Answered; readonly teamId: string; readonly replaces: boolean },
): Promise<void> {
  const { answered, teamId, replaces } = said;
  if (answered.charted !== null) {
    try {
      await tell(answered.charted, replaces);
      return;
    } catch (error) {
      // A response URL tells no more than that it refused.
      surface.context.log.info('Slack took no chart of its own; answering without.', { error });
    }
  }
  await tell(answered.message, replaces);
  if (answered.charted !== null) surface.charts.noteRefusal(teamId, 'invalid_blocks');
}

function namesPeople({ scope, by }: SpendQuestion): boolean {
  return by === 'person' || (scope !== null && 'key' in scope && scope.key === 'person');
}

/** Typed text in plain words: user references become e-mails, Slack's escapes are undone. */
export async function typedText(surface: Surface, client: WebClient, text: string): Promise<string> {
  const words = await resolveReferences(text, (userId) => surface.people.emailOf(client, userId));
  return unescapeMrkdwn(words).trim();
}

/** A click on one of a report's buttons, and the question that it carries. */
type Click = KitClick<z.infer<typeof AskPayload>>;

/** Asks from a button: in place of an ephemeral answer, beside a shared one and beside the help. */
async function askFromButton(surface: Surface, click: Click): Promise<void> {
  const { client, user, body, payload } = click;
  const isAnswer = !QUESTION_IDS.includes(click.action.action_id);
  const replaces = isAnswer && body.container['is_ephemeral'] === true;
  const teamId = body.team?.id ?? '';
  const answered = await askSpend(surface, { client, user, text: payload.text, sharedBy: null, teamId });
  await answerCharted(surface, click.tell, { answered, teamId, replaces });
}

/**
 * Posts the report for everyone; the question is asked again, so what is shared is what is true now, and whether all
 * may see it is looked at again too. Its picture goes into the thread.
 */
async function share(surface: Surface, { client, user, body, payload, respond }: Click): Promise<void> {
  const answered = await askSpend(surface, { client, user, text: payload.text, sharedBy: user.name });
  if (answered.isPrivate)
    throw new AppError('forbidden', 'This answer is not for everybody in a channel; it stays with you.');
  const { message, report } = answered;
  const channel = body.channel?.id;
  if (channel !== undefined) await requireOwnChannel(client, channel);
  const place = channel === undefined ? null : await postShared(surface, client, { channel, message });
  if (place === null) {
    const content = { text: message.text, blocks: [...message.blocks] };
    await respond?.({ response_type: 'in_channel', replace_original: false, ...content });
  } else if (report !== null) await hangPicture(surface, client, { report, place });
}

/** Null where the app may not post by itself: then only the click's own response URL can. */
async function postShared(
  surface: Surface,
  client: WebClient,
  { channel, message }: { readonly channel: string; readonly message: Message },
): Promise<Place | null> {
  const { text, blocks } = message;
  try {
    const unfurl = { unfurl_links: false, unfurl_media: false };
    const posted = await client.chat.postMessage({ channel, text, blocks: [...blocks], ...unfurl });
    return posted.ts === undefined ? null : { channelId: channel, ts: posted.ts };
  } catch (error) {
    if (readTrouble(error).kind !== 'channel') throw error;
    surface.context.log.info('A report is shared without its picture.', { error });
    return null;
  }
}

/** A report stands without its picture rather than not at all. */
async function hangPicture(
  surface: Surface,
  client: WebClient,
  { report, place }: { readonly report: SpendReport; readonly place: Place },
): Promise<void> {
  try {
    await uploadChart(client, await surface.drawChart(pictureOf(report)), place);
  } catch (error) {
    surface.context.log.warn('A shared report has no picture.', { error });
  }
}

/** Sends the person the picture in their messages with the app: a file cannot be shown to one person in a channel. */
async function sendPicture(surface: Surface, { client, user, payload, tell }: Click): Promise<void> {
  const { report, message } = await askSpend(surface, { client, user, text: payload.text, sharedBy: null });
  if (report === null) return tell(message);
  const picture = await surface.drawChart(pictureOf(report));
  const opened = await client.conversations.open({ users: user.id });
  const channel = opened.channel?.id;
  if (channel === undefined) throw new AppError('upstream', 'Slack opened no direct message.');
  const posted = await client.chat.postMessage({ channel, text: message.text });
  await uploadChart(client, picture, { channelId: channel, ts: posted.ts ?? '' });
  await tell(sentenceMessage('The chart is in your messages with me.'));
}

/** No question about a team that begins like that: a person who types this wants to know what can be typed. */
const HELP_WORDS = /^(help|\?)$/i;

/** The buttons that ask a question of their own. */
const ASKING: readonly string[] = [
  ...DRILL_DOWNS.map(drillDownId),
  ...Array.from({ length: MAX_SUGGESTIONS }, (_, index) => suggestionId(index)),
  ...QUESTION_IDS,
];

/** `/spend` and the buttons of its answers. */
export function listenSpend(app: App, surface: Surface): void {
  onCommand(app, surface, { id: '/spend', doing: 'answering /spend' }, async (asked) => {
    const { client, user, command, tell } = asked;
    const text = await typedText(surface, client, command.text);
    if (HELP_WORDS.test(text)) return tell(helpMessage());
    const teamId = command.team_id;
    const answered = await askSpend(surface, { client, user, text, sharedBy: null, teamId });
    await answerCharted(surface, tell, { answered, teamId, replaces: false });
  });
  const on = (id: string, doing: string, work: typeof share): void =>
    onClick(app, surface, { id, doing, payload: AskPayload }, (click) => work(surface, click));
  for (const id of ASKING) on(id, 'answering a /spend button', askFromButton);
  on(SHARE_ID, 'sharing a spend report', share);
  on(PICTURE_ID, 'drawing a spend report', sendPicture);
}
