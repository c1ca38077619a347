import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  ImageBlock,
  KnownBlock,
  MrkdwnElement,
  Overflow,
  PlainTextElement,
  PlainTextOption,
  RawTextElement,
  RichTextBlock,
  RichTextSection,
  RichTextText,
  SectionBlock,
  TableBlock,
} from '@slack/types';
import type { DataVisualizationBlock } from './native-chart.js';
import { displayName, literalMrkdwn, oneLine, truncate } from './text.js';

/** A block of a message; `@slack/types` does not know all of them. */
export type MessageBlock = KnownBlock | DataVisualizationBlock;

/** A rendered message: `text` for notifications and screen readers (already escaped), `blocks` for everyone else. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly MessageBlock[];
}

/**
 * Plain text in which nothing is live: no mentions, no formatting, no emoji codes. Line breaks that we put in
 * stay. `limit` is the element's limit in UTF-16 units (docs/slack-platform.md#limits-of-blocks).
 */
export function plain(text: string, limit = 3000): PlainTextElement {
  const lines = text.split('\n').map(oneLine).join('\n');
  return { type: 'plain_text', text: truncate(lines === '' ? '–' : lines, limit), emoji: false };
}

/** A bold run of a rich line. */
export function bold(text: string): RichTextText {
  return { type: 'text', text: truncate(oneLine(text), 300) || '–', style: { bold: true } };
}

/** A monospaced run of a rich line. */
export function code(text: string): RichTextText {
  return { type: 'text', text: truncate(oneLine(text), 300) || '–', style: { code: true } };
}

/** A line made of runs; a bare string is ordinary text. Rich text runs are never parsed for markup or mentions. */
export type RichLine = readonly (string | RichTextText)[];

function richSection(line: RichLine): RichTextSection {
  const runs = line.map(
    (run): RichTextText => (typeof run === 'string' ? { type: 'text', text: truncate(run, 2000) } : run),
  );
  return { type: 'rich_text_section', elements: runs.filter((run) => run.text !== '') };
}

/** Rich text of one or more lines, safe for any untrusted string. */
export function rich(...lines: readonly RichLine[]): RichTextBlock {
  const joined = lines.flatMap((line, index) => (index === 0 ? line : ['\n', ...line]));
  return { type: 'rich_text', elements: [richSection(joined)] };
}

/** A bullet list, safe for any untrusted string. */
export function bullets(lines: readonly RichLine[]): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_list', style: 'bullet', elements: lines.map(richSection) }],
  };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text, 150) };
}

/** A picture that Slack holds; its words are for those who cannot see it. */
export interface Picture {
  readonly fileId: string;
  readonly altText: string;
}

/**
 * A picture in full width. Slack refuses the message while it has not processed the file
 * (docs/slack-platform.md#files-and-pictures).
 */
export function image(picture: Picture): ImageBlock {
  return {
    type: 'image',
    slack_file: { id: picture.fileId },
    alt_text: truncate(oneLine(picture.altText), 2000) || 'Chart',
  };
}

/** Small grey lines; at most ten, each plain. */
export function context(...lines: readonly string[]): ContextBlock {
  return { type: 'context', elements: lines.slice(0, 10).map((line) => plain(line, 2000)) };
}

export function section(text: string): SectionBlock {
  return { type: 'section', text: plain(text) };
}

/** Two-column facts; at most ten a block, so longer lists become several blocks. */
export function fieldBlocks(fields: readonly MrkdwnElement[]): SectionBlock[] {
  const blocks: SectionBlock[] = [];
  for (let at = 0; at < fields.length; at += 10) {
    blocks.push({ type: 'section', fields: fields.slice(at, at + 10) });
  }
  return blocks;
}

/** A bold line, and a plain one below it: for section texts and fields, which take no rich text. Nothing in it is live. */
export function titled(title: string, rest?: string): MrkdwnElement {
  const lines = [`*${literalMrkdwn(title) || '–'}*`, ...(rest === undefined ? [] : [literalMrkdwn(rest)])];
  return { type: 'mrkdwn', text: lines.join('\n'), verbatim: true };
}

/** A button; `value` is at most 2000 units and what the listener gets back. */
export function button(spec: {
  readonly id: string;
  readonly label: string;
  readonly value?: string;
  readonly style?: 'primary' | 'danger';
  /** What a screen reader says; needed when several buttons share a label. */
  readonly spoken?: string;
}): Button {
  return {
    type: 'button',
    action_id: spec.id,
    text: plain(spec.label, 75),
    // Slack refuses a message with more; without its payload the button answers that the message is too old.
    ...(spec.value === undefined ? {} : { value: spec.value.length > 2_000 ? '{}' : spec.value }),
    ...(spec.style === undefined ? {} : { style: spec.style }),
    ...(spec.spoken === undefined ? {} : { accessibility_label: displayName(spec.spoken, 75) }),
  };
}

export function actions(...elements: readonly (Button | Overflow)[]): ActionsBlock {
  return { type: 'actions', elements: [...elements] };
}

/** The three dots with one to five choices. */
export function overflow(id: string, options: readonly PlainTextOption[]): Overflow {
  return { type: 'overflow', action_id: id, options: [...options] };
}

/** An option of a select; the value is ours (see `option-value.ts` for untrusted ones). */
export function option(label: string, value: string): PlainTextOption {
  return { text: plain(displayName(label, 75), 75), value };
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

function cell(text: string): RawTextElement {
  return { type: 'raw_text', text: truncate(oneLine(text), 120) || '–' };
}

/** A table of raw text cells, which Slack shows as they are. Messages only: modals and App Home have none. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): TableBlock {
  return {
    type: 'table',
    rows: [columns.map((column) => cell(column.title)), ...rows.map((row) => row.map(cell))],
    // Names may wrap; a figure broken in two is hard to read.
    column_settings: columns.map(({ align = 'left' }) => ({ align, is_wrapped: align === 'left' })),
  };
}

/** One sentence, as a message. */
export function sentenceMessage(sentence: string): Message {
  return { text: literalMrkdwn(oneLine(sentence)).slice(0, 3000), blocks: [section(sentence)] };
}
