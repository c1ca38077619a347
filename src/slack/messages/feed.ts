import type { NoticeBody } from '../../core/notice.js';
import { describeMoney, describeSetAside } from '../../core/overlap.js';
import { context, header, type Message, section } from '../blocks.js';
import { withinLimits } from '../limits.js';
import { displayName, escapeMrkdwn, formatDay, formatMoney } from '../text.js';

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
    text: escapeMrkdwn(sentence),
    blocks: [
      header(isOver ? `${named.source} is counted again` : `${named.source} repeats ${named.countedFrom}`),
      section(sentence),
      context(
        'The same money is counted once. What is set aside is kept, and counted as soon as no other source carries it.',
      ),
    ],
  });
}
