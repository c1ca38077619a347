import { z } from 'zod';
import { DataVisualization } from './chart.js';
import { Accessory, ActionElement, checkImage, ImageElement, InputElement, imageFields } from './elements.js';
import { RichText } from './rich-text.js';
import { anyText, optionalId, plainText } from './text.js';

const id = { block_id: optionalId };

const Section = z
  .strictObject({
    type: z.literal('section'),
    ...id,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: Accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, {
    message: 'missing required field: text or fields',
  });

const Header = z.strictObject({
  type: z.literal('header'),
  ...id,
  text: plainText(150),
  level: z.int().min(1).max(4).optional(),
});
const Divider = z.strictObject({ type: z.literal('divider'), ...id });
const Context = z.strictObject({
  type: z.literal('context'),
  ...id,
  elements: z
    .array(z.union([ImageElement, anyText(3000)]))
    .min(1)
    .max(10),
});
const Actions = z.strictObject({
  type: z.literal('actions'),
  ...id,
  elements: z.array(ActionElement).min(1).max(25),
});
const Image = z
  .strictObject({ ...imageFields, ...id, title: plainText(2000).optional() })
  .superRefine(checkImage);
const Input = z
  .strictObject({
    type: z.literal('input'),
    ...id,
    label: plainText(2000),
    hint: plainText(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: InputElement,
  })
  .refine(({ element, dispatch_action: acts }) => acts !== true || element.type !== 'file_input', {
    message: 'dispatch_action is not allowed with a file_input',
  });

const Cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string() }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().optional() }),
  RichText,
]);
/** One cell of a table. */
export type Cell = z.infer<typeof Cell>;
const rows = z.array(z.array(Cell).min(1).max(20)).min(1).max(100);
const Table = z.strictObject({
  type: z.literal('table'),
  ...id,
  rows,
  column_settings: z
    .array(
      z
        .strictObject({
          align: z.enum(['left', 'center', 'right']).optional(),
          is_wrapped: z.boolean().optional(),
        })
        .nullable(),
    )
    .max(20)
    .optional(),
});
const DataTable = z.strictObject({
  type: z.literal('data_table'),
  ...id,
  caption: z.string().min(1),
  rows: z.array(z.array(Cell).min(1).max(20)).min(2).max(101),
  row_header_column_index: z.int().min(0).max(19).optional(),
  page_size: z.int().min(1).max(100).optional(),
});
const Alert = z.strictObject({
  type: z.literal('alert'),
  ...id,
  text: anyText(200),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
});
const Markdown = z.strictObject({ type: z.literal('markdown'), ...id, text: z.string().min(1).max(12_000) });

/** Blocks that Apportion does not use: their surface is checked, their inside is not. */
const Other = z.looseObject({
  type: z.enum(['video', 'card', 'carousel', 'container', 'context_actions', 'plan', 'task_card']),
  ...id,
});

/** Every block this fake knows, with Slack's limits. */
export const Block = z.discriminatedUnion('type', [
  Section,
  Header,
  Divider,
  Context,
  Actions,
  Image,
  Input,
  Table,
  DataTable,
  RichText,
  Alert,
  Markdown,
  DataVisualization,
  Other,
]);
/** Every block this fake knows. */
export type Block = z.infer<typeof Block>;
/** One kind of block, by its `type`. */
export type BlockOf<T extends Block['type']> = Extract<Block, { type: T }>;

const viewParts = {
  callback_id: z.string().max(255).optional(),
  private_metadata: z.string().max(3000).optional(),
  external_id: z.string().max(255).optional(),
  blocks: z.array(Block).max(100),
};
/** A modal as an app sends it. */
export const ModalView = z.strictObject({
  type: z.literal('modal'),
  ...viewParts,
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
});
/** A modal as an app sends it. */
export type ModalView = z.infer<typeof ModalView>;
/** The App Home tab as an app sends it. */
export const HomeView = z.strictObject({ type: z.literal('home'), ...viewParts });
/** The App Home tab as an app sends it. */
export type HomeView = z.infer<typeof HomeView>;
/** Either kind of view. */
export const AnyView = z.discriminatedUnion('type', [ModalView, HomeView]);
