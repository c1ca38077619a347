import type { Button, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { RuleChangeFigures } from '../../core/allocation/diff.js';
import { dayIn } from '../../core/base/time.js';
import { movedMoney } from '../../core/rule-review/approval.js';
import type { HistoryEntry, RulesHistory } from '../../usecases/rules/history.js';
import { actions, button, context, header, type Message, plain, section } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { STATUS_VIEW_ID } from '../kit/status-view.js';
import { authorName, count, displayName, formatDay, formatMoney, literalMrkdwn } from '../kit/text.js';
import { changeBlocks, lintSentences, unallocatedSentence } from './message.js';
import { movedBlocks } from './moved-blocks.js';

/** Eight versions, each with its two buttons, stay well under the limits of a message. */
export const HISTORY_PAGE = 8;

const MAX_LINES = 15;

/** The buttons of the history. */
export const HISTORY_IDS = {
  diff: 'rules.history-diff',
  undo: 'rules.history-undo',
  newer: 'rules.history-newer',
  older: 'rules.history-older',
} as const;

/** What the buttons of a version carry. */
export const VersionPayload = z.object({ version: z.number().int() });
/** What the page buttons carry. */
export const HistoryPayload = z.object({ page: z.number().int() });

function who({ author, approver }: { readonly author: string; readonly approver: string | null }): string {
  return `${authorName(author)}${approver === null ? '' : `, approved by ${authorName(approver)}`}`;
}

/** `2 changes, $780.00 moved. team: added "Stray key" …` */
function summaryOf(figures: RuleChangeFigures | null): string {
  if (figures === null) return 'What it changed was not kept.';
  const moved = movedMoney(figures.diff)
    .slice(0, 3)
    .map(({ currency, moved: money }) => formatMoney(money, currency));
  const money = moved.length === 0 ? 'no money moved' : `${moved.join(' and ')} moved`;
  return `${count(figures.lines.length, 'change')}, ${money}. ${displayName(figures.lines[0] ?? 'No rule reads differently.', 250)}`;
}

function entryBlocks({ version, figures }: HistoryEntry, timeZone: string): KnownBlock[] {
  const { number, note, recordedAtMs } = version;
  const value = packPayload({ version: number });
  const day = formatDay(dayIn(timeZone, recordedAtMs));
  const lines = [
    `Version ${number} · ${day} · ${who(version)}`,
    ...(note === null ? [] : [`“${displayName(note, 250)}”`]),
    summaryOf(figures),
  ];
  const spoken = (what: string) => `${what} version ${number}`;
  return [
    section(lines.join('\n')),
    actions(
      ...(figures === null
        ? []
        : [button({ id: HISTORY_IDS.diff, label: 'Show diff', value, spoken: spoken('Show diff of') })]),
      button({ id: HISTORY_IDS.undo, label: 'Undo …', value, spoken: spoken('Undo') }),
    ),
  ];
}

function turn(id: string, label: string, page: number): Button {
  return button({ id, label, value: packPayload({ page }) });
}

/** `/rules history`: who changed what, when and why, with a way to look at it and to take it back. */
export function rulesHistoryMessage(history: RulesHistory, timeZone: string): Message {
  const { entries, page, pages } = history;
  const turns = [
    ...(page > 0 ? [turn(HISTORY_IDS.newer, 'Newer', page - 1)] : []),
    ...(page < pages - 1 ? [turn(HISTORY_IDS.older, 'Older', page + 1)] : []),
  ];
  const text =
    entries.length === 0
      ? 'No rule has been set yet.'
      : `Versions of the rules, page ${page + 1} of ${pages}.`;
  return withinLimits({
    text: literalMrkdwn(text),
    blocks: [
      header('History of the rules'),
      ...(turns.length === 0 ? [] : [actions(...turns)]),
      ...(entries.length === 0 ? [section(text)] : []),
      ...entries.flatMap((entry) => entryBlocks(entry, timeZone)),
      context(`Page ${page + 1} of ${pages}. Undo makes a new version; what came later stays.`),
    ],
  });
}

/** What one version changed, in words and money. */
export function versionView(figures: RuleChangeFigures): ModalView {
  const { version, diff, note, lines } = figures;
  const unallocated = unallocatedSentence(diff);
  const warnings = lintSentences(diff);
  return {
    type: 'modal',
    callback_id: STATUS_VIEW_ID,
    title: plain(`Version ${version}`, 24),
    close: plain('Close', 24),
    blocks: [
      section(`${who(figures)}${note === null ? '' : `: “${displayName(note, 500)}”`}`),
      header('What changed'),
      ...(lines.length === 0 ? [section('No rule reads differently.')] : changeBlocks(lines, MAX_LINES)),
      ...movedBlocks(diff, 'Money that moved'),
      ...(unallocated === null ? [] : [section(unallocated)]),
      ...(warnings.length === 0 ? [] : [section(warnings.join('\n'))]),
      context('As it was previewed, before it was committed. Effective cost.'),
    ],
  };
}
