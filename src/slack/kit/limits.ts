import type { TableBlock } from '@slack/types';
import { context, type Message, type MessageBlock } from './blocks.js';
import { truncate } from './text.js';

/**
 * Budgets of one message: Slack's own cumulative rule is undocumented, these were accepted
 * (docs/slack-platform.md#budgets-of-a-message).
 * @internal Tests measure every message against it.
 */
export const MESSAGE_BUDGET = {
  blocks: 50,
  textCharacters: 9_500,
  jsonCharacters: 15_000,
  tableRows: 100,
  tableCharacters: 10_000,
  /** `chat.update` refuses more than 4,000. */
  fallbackText: 3_000,
} as const;

/** Every string under a `text`, `alt_text` or `value`-free key that Slack may count as text. */
function textLength(node: unknown): number {
  if (Array.isArray(node)) return node.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (typeof node !== 'object' || node === null) return 0;
  return Object.entries(node).reduce(
    (sum, [key, value]) =>
      sum +
      (typeof value === 'string' && (key === 'text' || key === 'alt_text')
        ? value.length
        : textLength(value)),
    0,
  );
}

function fits(blocks: readonly MessageBlock[]): boolean {
  return (
    blocks.length <= MESSAGE_BUDGET.blocks &&
    textLength(blocks) <= MESSAGE_BUDGET.textCharacters &&
    JSON.stringify(blocks).length <= MESSAGE_BUDGET.jsonCharacters
  );
}

function tableFits(table: TableBlock): boolean {
  return (
    table.rows.length <= MESSAGE_BUDGET.tableRows && textLength(table.rows) <= MESSAGE_BUDGET.tableCharacters
  );
}

/** The table without its last rows; the last row that stays says how many are left out. */
function shortened(table: TableBlock, keep: number): TableBlock {
  const width = table.rows[0]?.length ?? 1;
  const left = table.rows.length - keep;
  const note = Array.from({ length: width }, (_, column) => ({
    type: 'raw_text' as const,
    text: column === 0 ? `… ${left} more not shown` : '–',
  }));
  return { ...table, rows: [...table.rows.slice(0, keep), note] };
}

/** Shortens the table until the whole message fits, keeping at least its header and one row. */
function fitTable(blocks: readonly MessageBlock[]): MessageBlock[] {
  const at = blocks.findIndex((block) => block.type === 'table');
  const found = blocks[at];
  if (found?.type !== 'table') return [...blocks];
  let table = found;
  for (let keep = Math.min(found.rows.length, MESSAGE_BUDGET.tableRows) - 1; keep >= 2; keep--) {
    if (tableFits(table) && fits(blocks.with(at, table))) break;
    table = shortened(found, keep);
  }
  return blocks.with(at, table);
}

function onlyFirstTable(blocks: readonly MessageBlock[]): readonly MessageBlock[] {
  const first = blocks.findIndex((block) => block.type === 'table');
  return blocks.filter((block, index) => block.type !== 'table' || index === first);
}

/**
 * Makes a message that Slack takes whatever its figures: one table at most, shortened first, then the last
 * blocks left out (with a line that says so). Builders cap their own lists; this is the net below them.
 */
export function withinLimits(message: Message): Message {
  let blocks = fitTable(onlyFirstTable(message.blocks));
  if (!fits(blocks)) {
    const note = context('This message was too long for Slack; the rest is left out.');
    while (blocks.length > 0 && !fits([...blocks, note])) blocks = blocks.slice(0, -1);
    blocks = [...blocks, note];
  }
  // Slack takes no empty text, and a screen reader deserves one.
  const text = truncate(message.text, MESSAGE_BUDGET.fallbackText);
  return { text: text === '' ? 'Apportion' : text, blocks };
}
