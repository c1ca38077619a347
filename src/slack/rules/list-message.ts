import type { KnownBlock, ModalView, SectionBlock } from '@slack/types';
import { z } from 'zod';
import type { ListedRule, RuleList } from '../../usecases/rules/list-rules.js';
import {
  actions,
  button,
  code,
  context,
  header,
  type Message,
  option,
  plain,
  rich,
  section,
  titled,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { count, dimensionName, displayName } from '../kit/text.js';
import { VIEW } from './ids.js';

/** Twelve rules with their menus stay well under 15,000 characters of JSON. */
const PAGE_SIZE = 12;

export const RULE_MENU_ID = 'rules.menu';
export const PAGE_IDS = { previous: 'rules.page-previous', next: 'rules.page-next' } as const;
export const ADD_ID = 'rules.add';
/** What the list's buttons carry. */
export const ListPayload = z.object({ page: z.number().int(), dimension: z.string().nullable() });
export type ListPayload = z.infer<typeof ListPayload>;

/** The block id of a listed rule: an overflow option's value is too short to name both dimension and rule. */
function ruleBlockId(dimension: string, ruleId: string): string {
  return `rule:${dimension}:${ruleId}`;
}

/** The rule that a listed block names; null for any other block. */
export function ruleOfBlock(blockId: string): { readonly dimension: string; readonly ruleId: string } | null {
  const match = /^rule:([a-z0-9-]+):([a-z0-9-]+)$/.exec(blockId);
  return match === null ? null : { dimension: match[1] ?? '', ruleId: match[2] ?? '' };
}

interface Placed {
  readonly dimension: string;
  readonly position: number;
  readonly isLast: boolean;
  readonly listed: ListedRule;
}

function ruleBlock({ dimension, position, isLast, listed }: Placed): SectionBlock {
  const { rule, sentence } = listed;
  return {
    type: 'section',
    block_id: ruleBlockId(dimension, rule.id),
    text: titled(`${position}. ${displayName(rule.name, 120)}`, displayName(sentence, 350)),
    accessory: {
      type: 'overflow',
      action_id: RULE_MENU_ID,
      options: [
        option('Edit', 'edit'),
        ...(position === 1 ? [] : [option('Move up', 'up')]),
        ...(isLast ? [] : [option('Move down', 'down')]),
        ...(position === 1 && isLast ? [] : [option('Move before …', 'move')]),
        option('Retire', 'retire'),
      ],
    },
  };
}

function pageBlocks(placed: readonly Placed[]): KnownBlock[] {
  return placed.flatMap((each, index) => [
    ...(placed[index - 1]?.dimension === each.dimension ? [] : [header(dimensionName(each.dimension))]),
    ruleBlock(each),
  ]);
}

/** The rules of one page, in order of precedence; for a message or a modal. */
function ruleListBlocks(list: RuleList, wanted: ListPayload): KnownBlock[] {
  const dimensions = list.dimensions.filter(({ id }) => wanted.dimension === null || id === wanted.dimension);
  const all = dimensions.flatMap(({ id, rules }) =>
    rules.map((listed, index) => ({
      dimension: id,
      position: index + 1,
      isLast: index === rules.length - 1,
      listed,
    })),
  );
  const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE));
  const page = Math.min(Math.max(0, wanted.page), pages - 1);
  const empty = dimensions.filter(({ rules }) => rules.length === 0).map(({ id }) => id);
  const turn = (id: string, label: string, to: number) =>
    button({ id, label, value: packPayload({ page: to, dimension: wanted.dimension }) });
  return [
    ...(all.length === 0 ? [section('There are no rules here yet; everything is unallocated.')] : []),
    ...pageBlocks(all.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE)),
    context(
      `${count(all.length, 'rule')}, version ${list.version.number}. The first rule that matches wins.`,
      ...(pages > 1 ? [`Page ${page + 1} of ${pages}.`] : []),
      ...(empty.length > 0 && all.length > 0
        ? [`No rules yet: ${empty.slice(0, 10).map(dimensionName).join(', ')}.`]
        : []),
    ),
    actions(
      button({
        id: ADD_ID,
        label: 'Add a rule',
        style: 'primary',
        value: packPayload({ page, dimension: wanted.dimension }),
      }),
      ...(page > 0 ? [turn(PAGE_IDS.previous, 'Previous page', page - 1)] : []),
      ...(page < pages - 1 ? [turn(PAGE_IDS.next, 'Next page', page + 1)] : []),
    ),
  ];
}

/** The list as a message for one person. */
export function ruleListMessage(list: RuleList, wanted: ListPayload): Message {
  const total = list.dimensions.reduce((sum, { rules }) => sum + rules.length, 0);
  return withinLimits({
    text: `${count(total, 'rule')}, version ${list.version.number}.`,
    blocks: ruleListBlocks(list, wanted),
  });
}

/** The list as a modal, for App Home. */
export function ruleListView(list: RuleList, wanted: ListPayload): ModalView {
  return {
    type: 'modal',
    callback_id: VIEW.list,
    title: plain('Rules', 24),
    close: plain('Close', 24),
    blocks: ruleListBlocks(list, wanted),
  };
}

/** What `/rules` can do. */
export function rulesHelpMessage(): Message {
  return {
    text: '/rules list, /rules add, /rules edit ID, /rules retire ID, /rules history.',
    blocks: [
      header('/rules'),
      rich(
        [code('/rules list [team]'), ' all rules in plain words, or one dimension’s'],
        [code('/rules add [team]'), ' a new rule'],
        [code('/rules edit ID'), ' change a rule'],
        [code('/rules retire ID'), ' end a rule, from a day on or for ever'],
        [code('/rules history'), ' who changed what, when and why; look at it or undo it'],
      ),
      context('Nothing counts before you have seen in money what it moves, and committed exactly that.'),
    ],
  };
}
