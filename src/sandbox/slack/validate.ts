import { z } from 'zod';
import {
  Block,
  HomeView as HomeSchema,
  type HomeView,
  ModalView as ModalSchema,
  type ModalView,
} from './block-kit/blocks.js';
import { elementsOf } from './block-kit/walk.js';

/** Where blocks are shown. */
export type Surface = 'message' | 'modal' | 'home';

/** One thing Slack would refuse: a JSON pointer into the argument and a sentence in Slack's manner. */
export interface Problem {
  readonly pointer: string;
  readonly message: string;
}

/** Where a block may stand; blocks not named here may stand anywhere (docs.slack.dev/blocks.json + practice). */
const BLOCK_SURFACES: Readonly<Record<string, readonly Surface[]>> = {
  alert: ['modal'],
  card: ['message', 'home'],
  carousel: ['message', 'home'],
  container: ['message'],
  context_actions: ['message'],
  data_table: ['message'],
  data_visualization: ['message'],
  markdown: ['message'],
  plan: ['message'],
  task_card: ['message'],
  table: ['message'],
};
const ELEMENT_SURFACES: Readonly<Record<string, readonly Surface[]>> = {
  datetimepicker: ['message', 'modal'],
  email_text_input: ['modal'],
  number_input: ['modal'],
  url_text_input: ['modal'],
  file_input: ['modal'],
  rich_text_input: ['modal', 'home'],
  workflow_button: ['message'],
};
const MAX_BLOCKS: Readonly<Record<Surface, number>> = { message: 50, modal: 100, home: 100 };
const MAX_TABLE_CHARACTERS = 10_000;
const MAX_CHARTS = 2;
const MAX_MARKDOWN_CHARACTERS = 12_000;
const MAX_VIEW_BYTES = 250_000;
/**
 * Slack's undocumented budget of one message: 9,597 characters were accepted and 11,341 refused
 * (github.com/slackapi/bolt-js/issues/2867).
 */
const MAX_MESSAGE_CHARACTERS = 11_000;

/** Everything Slack would refuse in a list of blocks on a surface; empty when it would be accepted. */
export function validateBlocks(surface: Surface, blocks: unknown, at = '/blocks'): readonly Problem[] {
  const schema = z.array(Block).max(MAX_BLOCKS[surface]);
  const parsed = parseStrictly(schema, blocks, at);
  return 'problems' in parsed ? parsed.problems : together(surface, parsed.value, at);
}

/** Everything Slack would refuse in a modal or home view; pointers start at `/view`. */
export function validateView(view: unknown): readonly Problem[] {
  const isHome = z.looseObject({ type: z.literal('home') }).safeParse(view).success;
  const parsed = isHome
    ? parseStrictly(HomeSchema, view, '/view')
    : parseStrictly(ModalSchema, view, '/view');
  if ('problems' in parsed) return parsed.problems;
  const { value } = parsed;
  const problems = [...together(value.type, value.blocks, '/view/blocks')];
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_VIEW_BYTES) {
    problems.push({ pointer: '/view', message: 'view is too large' });
  }
  return [...problems, ...missingSubmit(value)];
}

/** Whether a message's text exceeds Slack's cumulative budget (`msg_blocks_too_long`). */
export function isMessageTooLong(blocks: readonly Block[]): boolean {
  return textLength(blocks) > MAX_MESSAGE_CHARACTERS;
}

/** Slack's answer for problems: `must be ... [json-pointer:/blocks/0/text]`. */
export function describeProblem(problem: Problem): string {
  return `${problem.message} [json-pointer:${problem.pointer}]`;
}

function missingSubmit(view: ModalView | HomeView): readonly Problem[] {
  if (view.type === 'home' || view.submit || !view.blocks.some((block) => block.type === 'input')) return [];
  return [{ pointer: '/view/submit', message: 'missing required field: submit, as the view has an input' }];
}

function parseStrictly<T>(
  schema: z.ZodType<T>,
  value: unknown,
  at: string,
): { value: T } | { problems: readonly Problem[] } {
  const parsed = schema.safeParse(value, { error: sentence });
  if (parsed.success) return { value: parsed.data };
  const problems = parsed.error.issues.map((issue) => ({
    pointer: [at, ...issue.path.map(String)].join('/'),
    message: issue.message,
  }));
  return { problems };
}

/** Zod's issues in the words of Slack's `response_metadata.messages`. */
const sentence: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'missing required field' : `must be a ${issue.expected}`;
  }
  if (issue.code === 'too_big') {
    return issue.origin === 'string'
      ? `must be less than ${Number(issue.maximum) + 1} characters`
      : `no more than ${issue.maximum} items allowed`;
  }
  if (issue.code === 'too_small') {
    return issue.origin === 'string'
      ? `must be more than ${Number(issue.minimum) - 1} characters`
      : `no fewer than ${issue.minimum} items allowed`;
  }
  if (issue.code === 'unrecognized_keys') return `invalid additional property: ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union') return 'unsupported type';
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`;
  return undefined;
};

/** Rules that no single block can see: surfaces, unique ids, one table, budgets. */
function together(surface: Surface, blocks: readonly Block[], at: string): readonly Problem[] {
  return [
    ...blocks.flatMap((block, index) => misplaced(surface, block, `${at}/${index}`)),
    ...repeatedBlockIds(blocks, at),
    ...focusProblems(blocks, at),
    ...tableProblems(blocks, at),
    ...markdownProblems(blocks, at),
    ...chartProblems(blocks, at),
  ];
}

function misplaced(surface: Surface, block: Block, pointer: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (BLOCK_SURFACES[block.type]?.includes(surface) === false) {
    problems.push({ pointer, message: `unsupported type: ${block.type} is not allowed in a ${surface}` });
  }
  const seen = new Set<string>();
  for (const element of elementsOf(block)) {
    if (ELEMENT_SURFACES[element.type]?.includes(surface) === false) {
      problems.push({ pointer, message: `unsupported type: ${element.type} is not allowed in a ${surface}` });
    }
    const actionId = element.action_id;
    if (actionId !== undefined && seen.has(actionId)) {
      problems.push({ pointer, message: `action_id "${actionId}" already exists` });
    }
    if (actionId !== undefined) seen.add(actionId);
  }
  return problems;
}

function repeatedBlockIds(blocks: readonly Block[], at: string): readonly Problem[] {
  const ids = blocks.map((block) => block.block_id);
  return ids.flatMap((id, index) =>
    id !== undefined && ids.indexOf(id) < index
      ? [{ pointer: `${at}/${index}/block_id`, message: `block_id "${id}" already exists` }]
      : [],
  );
}

function focusProblems(blocks: readonly Block[], at: string): readonly Problem[] {
  const focused = blocks.flatMap(elementsOf).filter((e) => 'focus_on_load' in e && e.focus_on_load === true);
  return focused.length > 1 ? [{ pointer: at, message: 'only one element may have focus_on_load' }] : [];
}

function tableProblems(blocks: readonly Block[], at: string): readonly Problem[] {
  const tables = blocks.filter((block) => block.type === 'table' || block.type === 'data_table');
  const problems: Problem[] = [];
  if (tables.length > 1) problems.push({ pointer: at, message: 'only_one_table_allowed' });
  if (textLength(tables) > MAX_TABLE_CHARACTERS) {
    problems.push({ pointer: at, message: `table cells hold more than ${MAX_TABLE_CHARACTERS} characters` });
  }
  for (const table of tables) {
    if (new Set(table.rows.map((row) => row.length)).size > 1) {
      problems.push({
        pointer: `${at}/${blocks.indexOf(table)}/rows`,
        message: 'rows must have equal lengths',
      });
    }
  }
  return problems;
}

function markdownProblems(blocks: readonly Block[], at: string): readonly Problem[] {
  const texts = blocks.filter((block) => block.type === 'markdown');
  return textLength(texts) > MAX_MARKDOWN_CHARACTERS
    ? [{ pointer: at, message: `markdown blocks hold more than ${MAX_MARKDOWN_CHARACTERS} characters` }]
    : [];
}

function chartProblems(blocks: readonly Block[], at: string): readonly Problem[] {
  const charts = blocks.filter((block) => block.type === 'data_visualization').length;
  return charts > MAX_CHARTS
    ? [{ pointer: at, message: `no more than ${MAX_CHARTS} data_visualization blocks allowed` }]
    : [];
}

/** Characters under every `text` key, at any depth: the closest known reading of Slack's hidden counter. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (key === 'text' && typeof item === 'string' ? item.length : textLength(item)),
    0,
  );
}
