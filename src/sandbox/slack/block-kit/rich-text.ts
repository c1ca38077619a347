import { z } from 'zod';
import { optionalId } from './text.js';

const Style = z
  .strictObject({
    bold: z.boolean().optional(),
    italic: z.boolean().optional(),
    strike: z.boolean().optional(),
    code: z.boolean().optional(),
    underline: z.boolean().optional(),
    highlight: z.boolean().optional(),
    client_highlight: z.boolean().optional(),
    unlink: z.boolean().optional(),
  })
  .optional();

const Inline = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style: Style }),
  z.strictObject({
    type: z.literal('link'),
    url: z.string().min(1),
    text: z.string().optional(),
    unsafe: z.boolean().optional(),
    style: Style,
  }),
  z.strictObject({
    type: z.literal('emoji'),
    name: z.string(),
    unicode: z.string().optional(),
    style: Style,
  }),
  z.strictObject({ type: z.literal('user'), user_id: z.string(), style: Style }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: z.string(), style: Style }),
  z.strictObject({ type: z.literal('channel'), channel_id: z.string(), style: Style }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']) }),
  z.strictObject({ type: z.literal('color'), value: z.string() }),
  z.strictObject({
    type: z.literal('date'),
    timestamp: z.number(),
    format: z.string(),
    url: z.string().optional(),
    fallback: z.string().optional(),
  }),
]);
/** One run of text, link, emoji, mention or date in rich text. */
export type RichInline = z.infer<typeof Inline>;

const Section = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(Inline) });
const Part = z.discriminatedUnion('type', [
  Section,
  z.strictObject({
    type: z.literal('rich_text_list'),
    style: z.enum(['bullet', 'ordered']),
    elements: z.array(Section),
    indent: z.int().min(0).max(8).optional(),
    offset: z.int().min(0).optional(),
    border: z.int().min(0).max(1).optional(),
  }),
  z.strictObject({
    type: z.literal('rich_text_preformatted'),
    elements: z.array(Inline),
    border: z.int().optional(),
    language: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('rich_text_quote'),
    elements: z.array(Inline),
    border: z.int().optional(),
  }),
]);
/** A paragraph, list, code block or quote of rich text. */
export type RichPart = z.infer<typeof Part>;

/** The `rich_text` block, also a table cell. */
export const RichText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: optionalId,
  elements: z.array(Part),
});
/** The `rich_text` block, also a table cell. */
export type RichText = z.infer<typeof RichText>;
