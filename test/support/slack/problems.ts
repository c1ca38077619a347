import { parseMrkdwn } from '../../../src/sandbox/page/chat/mrkdwn.js';
import { isMessageTooLong, validateBlocks, validateView } from '../../../src/sandbox/slack/validate.js';
import type { Message } from '../../../src/slack/kit/blocks.js';
import { MESSAGE_BUDGET } from '../../../src/slack/kit/limits.js';

/** Mrkdwn in which anything is live but the bold first line that is ours. */
export function markupIn(node: unknown, allowed: readonly string[] = ['text']): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => markupIn(item, allowed));
  if (typeof node !== 'object' || node === null) return [];
  if (!('type' in node && node.type === 'mrkdwn'))
    return Object.values(node).flatMap((item) => markupIn(item, allowed));
  const text = 'text' in node ? String(node.text) : '';
  const [first, ...rest] = parseMrkdwn(text);
  const isOurs =
    'verbatim' in node &&
    node.verbatim === true &&
    first?.kind === 'bold' &&
    [...first.runs, ...rest].every(({ kind }) => allowed.includes(kind)) &&
    !/:[\w+'-]+:/.test(text);
  return isOurs ? [] : [`live markup: ${text}`];
}

/** Elements of rich text that reach people or places: none of ours is made from a name. */
export function liveElementsIn(blocks: unknown): string[] {
  const seen = JSON.stringify(blocks);
  return /"type":"(broadcast|user|usergroup|link|channel|emoji)"/.test(seen) ? ['a live element'] : [];
}

/** Everything for which Slack would refuse or misread a message; empty when it is fine. */
export function problemsOf({ text, blocks }: Message): unknown[] {
  const seen = JSON.stringify(blocks);
  return [
    ...validateBlocks('message', blocks),
    ...(seen.length > MESSAGE_BUDGET.jsonCharacters ? [`${seen.length} characters of JSON`] : []),
    ...(isMessageTooLong(blocks as never) ? ['too much text'] : []),
    ...(text === '' || text.length > MESSAGE_BUDGET.fallbackText
      ? [`${text.length} characters of text`]
      : []),
    // Nothing a name could do: no live markup, no live mention.
    ...(/<[!@#h]/.test(text) ? ['a live reference in the text'] : []),
    ...markupIn(blocks),
    ...liveElementsIn(blocks),
  ];
}

/** The same for a modal or home tab, whose links to channels are made from the ids of the settings. */
export function viewProblemsOf(view: { readonly blocks: readonly unknown[] }): unknown[] {
  return [
    ...validateView(view),
    ...markupIn(view.blocks, ['text', 'channel']),
    ...liveElementsIn(view.blocks),
  ];
}
