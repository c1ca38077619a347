import type { NoticeBody, RolledUp } from '../../core/notices/notice.js';
import {
  actions,
  bold,
  bullets,
  button,
  context,
  header,
  type Message,
  type RichLine,
  rich,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import {
  authorName,
  count,
  displayName,
  formatChange,
  formatDay,
  formatMoney,
  literalMrkdwn,
} from '../kit/text.js';
import { caseButtons } from './message.js';
import { caseDays, causeName, causeWords } from './words.js';

/** Shows what is open; also an action of the help. */
export const ALERT_LIST_ID = 'help.alerts';

/** To one person or FinOps: a case that waits for them. */
export function alertHandedMessage(body: NoticeBody & { readonly kind: 'alert-handed' }): Message {
  const { figures, by, hours, comment } = body;
  const { currency, actual, expected } = figures;
  const name = causeName(figures);
  const title =
    by === null
      ? `Unanswered for ${count(hours ?? 0, 'hour')}: ${name}`
      : `${authorName(by)} has assigned you: ${name}`;
  const money = formatMoney(actual, currency);
  const change = formatChange(actual, expected, currency);
  const line: RichLine = [
    bold(money),
    ` ${caseDays(figures)}, expected ${formatMoney(expected, currency)}: `,
    bold(change),
    '.',
  ];
  return withinLimits({
    text: literalMrkdwn(`${title}. ${money}, ${change}.`),
    blocks: [
      header(title),
      rich(line, ...(comment === null ? [] : [[`“${displayName(comment, 1_000)}”`]])),
      ...(by === null
        ? [
            context(
              'Nobody of the team has acknowledged it, so it comes to you, once. The alert stands in the team’s channel.',
            ),
          ]
        : []),
      actions(...caseButtons({ ...figures, state: 'open' })),
    ],
  });
}

/** What is beyond a day's parent messages; its list is in the thread. */
export function alertRollupMessage(body: NoticeBody & { readonly kind: 'alert-rollup' }): Message {
  const { day, count: many, open, currency, excess } = body;
  const title = `And ${many} more ${many === 1 ? 'alert' : 'alerts'} on ${formatDay(day)}`;
  const waiting =
    open === 0 ? 'All are answered.' : `${open} of them ${open === 1 ? 'waits' : 'wait'} for an answer.`;
  return withinLimits({
    text: literalMrkdwn(`${title}: ${formatMoney(excess, currency)} above expected.`),
    blocks: [
      header(title),
      rich([
        bold(formatMoney(excess, currency)),
        ' above expected in all. ',
        waiting,
        ' The list is in the thread.',
      ]),
      actions(button({ id: ALERT_LIST_ID, label: 'Show alerts', spoken: 'Show all open alerts' })),
    ],
  });
}

function rolledLine({ cause, owner, state, currency, excess }: RolledUp): RichLine {
  const answered = state === 'open' ? '' : state === 'closed' ? ' Closed.' : ' Acknowledged.';
  return [
    bold(formatMoney(excess, currency)),
    ` above expected: ${causeWords(cause)} (${displayName(owner, 60)}).${answered}`,
  ];
}

/** The cases of a roll-up, most expensive first. */
export function alertRollupListMessage(body: NoticeBody & { readonly kind: 'alert-rollup-list' }): Message {
  const { lines, more } = body;
  return withinLimits({
    text: literalMrkdwn(count(lines.length + more, 'alert')),
    blocks: [
      bullets(lines.map(rolledLine)),
      ...(more > 0 ? [context(`and ${count(more, 'more alert')}`)] : []),
    ],
  });
}
