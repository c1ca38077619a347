import { z } from 'zod';
import { Block } from '../block-kit/blocks.js';
import { slackFilesIn, withIds } from '../block-kit/walk.js';
import type { MessageMetadata } from '../model.js';
import type { Json } from '../payloads.js';
import {
  describeProblem,
  isMessageTooLong,
  type Problem,
  type Surface,
  validateBlocks,
} from '../validate.js';
import type { Workspace } from '../workspace.js';
import { type Args, Refusal } from './call.js';

const MAX_TEXT = 40_000;
const MAX_ATTACHMENTS = 100;
/** Not published; apps keep far below. */
const MAX_METADATA = 8_000;

/** Text and blocks of a message that has passed Slack's checks; `warnings` as in response metadata. */
export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly warnings: readonly string[];
}

/** `{error, errors, response_metadata}` the way Slack answers blocks it does not accept. */
export function refuseBlocks(error: string, problems: readonly Problem[]): never {
  const errors = problems.map(describeProblem);
  throw new Refusal(error, {
    errors,
    response_metadata: { messages: errors.map((sentence) => `[ERROR] ${sentence}`) },
  });
}

/** Blocks of an argument, checked for a surface, with ids assigned. */
export function readBlocks(workspace: Workspace, surface: Surface, value: unknown): readonly Block[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Refusal('invalid_blocks_format');
  const problems = validateBlocks(surface, value);
  if (problems.length > 0) refuseBlocks('invalid_blocks', problems);
  if (workspace.options.refusesCharts) refuseCharts(value);
  const blocks = z.array(Block).parse(value);
  refuseUnreadyFiles(workspace, blocks, 'invalid_blocks');
  return withIds(blocks, () => workspace.newId('b'));
}

/** Workspaces got Slack's own charts one after the other: those without say that they know no such block. */
function refuseCharts(blocks: readonly unknown[]): void {
  const charts = blocks.flatMap((block, index) =>
    z.looseObject({ type: z.literal('data_visualization') }).safeParse(block).success
      ? [{ pointer: `/blocks/${index}/type`, message: 'unsupported type: data_visualization' }]
      : [],
  );
  if (charts.length > 0) refuseBlocks('invalid_blocks', charts);
}

/** Slack embeds an uploaded image only once it has processed it, about a second after completion. */
export function refuseUnreadyFiles(workspace: Workspace, blocks: readonly Block[], error: string): void {
  const unready = slackFilesIn(blocks).filter(({ id }) => {
    const readyAt = workspace.files.get(id)?.readyAt ?? null;
    return readyAt === null || readyAt > workspace.now();
  });
  if (unready.length === 0) return;
  refuseBlocks(
    error,
    unready.map(({ pointer }) => ({ pointer, message: 'invalid slack file' })),
  );
}

/** Text and blocks of chat.* arguments. @throws Refusal when Slack would refuse them. */
export function readContent(workspace: Workspace, args: Args): Content {
  const blocks = readBlocks(workspace, 'message', args.json('blocks'));
  if (isMessageTooLong(blocks)) throw new Refusal('msg_blocks_too_long');
  const attachments = args.json('attachments');
  if (Array.isArray(attachments) && attachments.length > MAX_ATTACHMENTS)
    throw new Refusal('too_many_attachments');
  if (args.has('markdown_text') && (args.has('text') || blocks.length > 0)) {
    throw new Refusal('markdown_text_conflict');
  }
  const text = args.has('markdown_text') ? args.text('markdown_text') : args.text('text');
  if (text === '' && blocks.length === 0) throw new Refusal('no_text');
  return {
    text: text.slice(0, MAX_TEXT),
    blocks,
    warnings: text.length > MAX_TEXT ? ['message_truncated'] : [],
  };
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const flat = z.record(z.string(), scalar);
const Metadata = z.strictObject({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.union([scalar, flat, z.array(z.union([scalar, flat]))])),
});

/** `metadata`: values are scalars, one level of objects, or arrays of those. */
export function readMetadata(args: Args): MessageMetadata | null {
  if (!args.has('metadata')) return null;
  const parsed = Metadata.safeParse(args.json('metadata'));
  if (!parsed.success) throw new Refusal('invalid_metadata_format');
  if (JSON.stringify(parsed.data).length > MAX_METADATA) throw new Refusal('metadata_too_large');
  return parsed.data;
}

/** `{response_metadata: {warnings}}` when there is something to warn of. */
export function warned(warnings: readonly string[]): Json {
  return warnings.length > 0 ? { response_metadata: { warnings }, warning: warnings.join(',') } : {};
}
