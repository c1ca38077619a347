import { addDays } from '../../core/base/time.js';
import { describeMoney, describeSetAside } from '../../core/ledger/source-overlap.js';
import type { NoticeBody } from '../../core/notices/notice.js';
import { type Backfill, backfillProgress } from '../../core/sources/feed.js';
import { context, header, type Message, section } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import {
  authorName,
  count,
  displayName,
  formatDay,
  formatMoney,
  literalMrkdwn,
  oneLine,
} from '../kit/text.js';

/** Two sources that carry the same money: who is counted for which days, and who is set aside. */
export function feedOverlapMessage({
  aside,
  isOver,
}: Extract<NoticeBody, { kind: 'feed-overlap' }>): Message {
  const named = {
    ...aside,
    source: displayName(aside.source, 60),
    countedFrom: displayName(aside.countedFrom, 60),
  };
  const sentence = isOver
    ? `${named.source}: ${aside.money === '' ? 'its money' : describeMoney(aside.money)} is no longer set aside for ${named.countedFrom}.`
    : describeSetAside(named, { day: formatDay, cost: formatMoney });
  return withinLimits({
    text: literalMrkdwn(sentence),
    blocks: [
      header(isOver ? `${named.source} is counted again` : `${named.source} repeats ${named.countedFrom}`),
      section(sentence),
      context(
        'The same money is counted once. What is set aside is kept, and counted as soon as no other source carries it.',
      ),
    ],
  });
}

/** A source that cannot be read, or is silent; the same message says when that is over. */
export function feedTroubleMessage(body: Extract<NoticeBody, { kind: 'feed-trouble' }>): Message {
  const source = displayName(body.source, 60);
  const what = body.isSilent === true ? `${source} brings no new days` : `${source} cannot be read`;
  if (body.backOn !== undefined) {
    const title = `${source} is back`;
    const until = `${what}: ${displayName(body.since, 60)} to ${formatDay(body.backOn)}. Its days are filled in.`;
    return withinLimits({
      text: literalMrkdwn(`${title} since ${formatDay(body.backOn)}.`),
      blocks: [header(title), section(until), context(oneLine(body.sentence))],
    });
  }
  return withinLimits({
    text: literalMrkdwn(`${what}: ${oneLine(body.sentence)}`),
    blocks: [
      header(what),
      section(body.sentence),
      context(
        body.isSilent === true
          ? `Last complete day ${displayName(body.since, 60)}. Reports mark the days that are missing; /apportion sources shows when they come.`
          : `Failing since ${displayName(body.since, 60)}. The ledger stays as it was until the feed answers again.`,
      ),
    ],
  });
}

const BAR_CELLS = 20;

/** A long window on its way in: one message, edited at each chunk. */
export function feedBackfillMessage(backfill: Backfill): Message {
  const source = displayName(backfill.source, 60);
  const { done, of } = backfillProgress(backfill);
  const filled = of === 0 ? BAR_CELLS : Math.floor((done * BAR_CELLS) / of);
  const days = `${done} of ${count(of, 'day')}, ${count(backfill.charges, 'charge')}`;
  const window = `${formatDay(backfill.from)} to ${formatDay(addDays(backfill.to, -1))}`;
  const line = {
    running: `${days} so far.`,
    done: `Done: ${days}.`,
    failed: `Stopped after ${days}: ${backfill.sentence ?? 'the pull failed.'} Go on with it from /apportion sources.`,
    cancelled: `Cancelled after ${days}; what it brought stays.`,
  }[backfill.state];
  return withinLimits({
    text: literalMrkdwn(`Filling in ${source}, ${window}: ${line}`),
    blocks: [
      header(`Filling in ${source}`),
      section(
        `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)} ${of === 0 ? 100 : Math.floor((done * 100) / of)} %`,
      ),
      section(line),
      context(`${window}, started by ${authorName(backfill.startedBy)}.`),
    ],
  });
}
