import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Confirm, OptionGroup, optionalId, PlainOption, plainText, RichOption, SlackFile } from './text.js';

/** Block Kit elements: which fields they have, which are required, how long each may be. */
const base = { action_id: optionalId, confirm: Confirm.optional(), focus_on_load: z.boolean().optional() };
const hinted = { ...base, placeholder: plainText(150).optional() };
const many = { max_selected_items: z.int().min(1).optional() };
const conversationFilter = z.looseObject({ include: z.array(z.string()).optional() }).optional();

interface Choices {
  readonly options?: readonly unknown[] | undefined;
  readonly option_groups?: readonly { readonly options: readonly unknown[] }[] | undefined;
  readonly initial_option?: unknown;
  readonly initial_options?: readonly unknown[] | undefined;
}

/** Options XOR groups; what is initially chosen must be one of them, character for character. */
function checkChoices(element: Choices, context: z.RefinementCtx): void {
  const groups = element.option_groups;
  if ((element.options === undefined) === (groups === undefined)) {
    context.addIssue({ code: 'custom', message: 'must provide exactly one of options or option_groups' });
  }
  const offered = element.options ?? groups?.flatMap((group) => group.options) ?? [];
  const initial = element.initial_options ?? (element.initial_option ? [element.initial_option] : []);
  if (initial.some((one) => !offered.some((option) => isDeepStrictEqual(one, option)))) {
    context.addIssue({ code: 'custom', message: 'initial option must match one of the options' });
  }
}

const menu = {
  options: z.array(PlainOption).min(1).max(100).optional(),
  option_groups: z.array(OptionGroup).min(1).max(100).optional(),
};
const StaticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    ...hinted,
    ...menu,
    initial_option: PlainOption.optional(),
  })
  .superRefine(checkChoices);
const MultiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...hinted,
    ...menu,
    ...many,
    initial_options: z.array(PlainOption).min(1).max(100).optional(),
  })
  .superRefine(checkChoices);

const external = { min_query_length: z.int().min(0).optional() };
const selects = [
  StaticSelect,
  z.strictObject({
    type: z.literal('external_select'),
    ...hinted,
    ...external,
    initial_option: PlainOption.optional(),
  }),
  z.strictObject({ type: z.literal('users_select'), ...hinted, initial_user: z.string().optional() }),
  z.strictObject({
    type: z.literal('conversations_select'),
    ...hinted,
    initial_conversation: z.string().optional(),
    default_to_current_conversation: z.boolean().optional(),
    response_url_enabled: z.boolean().optional(),
    filter: conversationFilter,
  }),
  z.strictObject({
    type: z.literal('channels_select'),
    ...hinted,
    initial_channel: z.string().optional(),
    response_url_enabled: z.boolean().optional(),
  }),
] as const;

const multiSelects = [
  MultiStaticSelect,
  z.strictObject({
    type: z.literal('multi_external_select'),
    ...hinted,
    ...external,
    ...many,
    initial_options: z.array(PlainOption).min(1).max(100).optional(),
  }),
  z.strictObject({
    type: z.literal('multi_users_select'),
    ...hinted,
    ...many,
    initial_users: z.array(z.string()).optional(),
  }),
  z.strictObject({
    type: z.literal('multi_conversations_select'),
    ...hinted,
    ...many,
    initial_conversations: z.array(z.string()).optional(),
    default_to_current_conversation: z.boolean().optional(),
    filter: conversationFilter,
  }),
  z.strictObject({
    type: z.literal('multi_channels_select'),
    ...hinted,
    ...many,
    initial_channels: z.array(z.string()).optional(),
  }),
] as const;

const pickers = [
  z.strictObject({ type: z.literal('datepicker'), ...hinted, initial_date: z.iso.date().optional() }),
  z.strictObject({
    type: z.literal('timepicker'),
    ...hinted,
    initial_time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .optional(),
    timezone: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('datetimepicker'), ...base, initial_date_time: z.int().optional() }),
] as const;

const choosers = [
  z
    .strictObject({
      type: z.literal('radio_buttons'),
      ...base,
      options: z.array(RichOption).min(1).max(10),
      initial_option: RichOption.optional(),
    })
    .superRefine(checkChoices),
  z
    .strictObject({
      type: z.literal('checkboxes'),
      ...base,
      options: z.array(RichOption).min(1).max(10),
      initial_options: z.array(RichOption).min(1).max(10).optional(),
    })
    .superRefine(checkChoices),
] as const;

const Button = z.strictObject({
  type: z.literal('button'),
  action_id: optionalId,
  confirm: Confirm.optional(),
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
});
const Overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: optionalId,
  confirm: Confirm.optional(),
  options: z.array(PlainOption).min(1).max(5),
});
const WorkflowButton = z.looseObject({ type: z.literal('workflow_button'), action_id: optionalId });

const imageParts = {
  type: z.literal('image'),
  alt_text: z.string().min(1).max(2000),
  image_url: z.string().max(3000).optional(),
  slack_file: SlackFile.optional(),
};
/** Exactly one source for an image. */
export function checkImage(
  image: { image_url?: string | undefined; slack_file?: unknown },
  context: z.RefinementCtx,
): void {
  if ((image.image_url === undefined) !== (image.slack_file === undefined)) return;
  context.addIssue({ code: 'custom', message: 'must provide exactly one of image_url or slack_file' });
}
/** Fields shared by the image block and the image element. */
export const imageFields = imageParts;
/** A small image in a context block or as an accessory. */
export const ImageElement = z.strictObject(imageParts).superRefine(checkImage);

const dispatchConfig = z
  .strictObject({ trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])) })
  .optional();
const typed = {
  ...hinted,
  dispatch_action_config: dispatchConfig,
  initial_value: z.string().optional(),
};
const length = z.int().min(0).max(3000).optional();
const textInputs = [
  z.strictObject({
    type: z.literal('plain_text_input'),
    ...typed,
    multiline: z.boolean().optional(),
    min_length: length,
    max_length: length,
  }),
  z.strictObject({
    type: z.literal('number_input'),
    ...typed,
    is_decimal_allowed: z.boolean(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('email_text_input'), ...typed }),
  z.strictObject({ type: z.literal('url_text_input'), ...typed }),
  z.looseObject({ type: z.literal('rich_text_input'), ...hinted }),
  z.strictObject({
    type: z.literal('file_input'),
    action_id: optionalId,
    filetypes: z.array(z.string().min(1)).min(1).optional(),
    max_files: z.int().min(1).max(10).optional(),
  }),
] as const;

/** What an `actions` block may hold. */
export const ActionElement = z.discriminatedUnion('type', [
  Button,
  Overflow,
  WorkflowButton,
  ...selects,
  ...pickers,
  ...choosers,
]);
/** What may stand at the right of a `section`. */
export const Accessory = z.discriminatedUnion('type', [
  Button,
  Overflow,
  WorkflowButton,
  ImageElement,
  ...selects,
  ...multiSelects,
  ...pickers,
  ...choosers,
]);
/** What an `input` block may ask with. */
export const InputElement = z.discriminatedUnion('type', [
  ...textInputs,
  ...selects,
  ...multiSelects,
  ...pickers,
  ...choosers,
]);

/** Any element that a person can act on. */
export type Element =
  | z.infer<typeof ActionElement>
  | Exclude<z.infer<typeof Accessory>, { type: 'image' }>
  | z.infer<typeof InputElement>;
