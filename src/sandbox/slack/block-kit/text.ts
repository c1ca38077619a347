import { z } from 'zod';

/** `block_id` and `action_id`: up to 255 characters. */
export const optionalId = z.string().max(255).optional();

type TextSchema<Kind extends string, Flag extends string> = z.ZodObject<
  { type: z.ZodLiteral<Kind>; text: z.ZodString } & Record<Flag, z.ZodOptional<z.ZodBoolean>>,
  z.core.$strict
>;
type PlainText = TextSchema<'plain_text', 'emoji'>;
type Mrkdwn = TextSchema<'mrkdwn', 'verbatim'>;

/** A `plain_text` object of 1..max characters. */
export function plainText(max: number): PlainText {
  return z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  });
}

/** A `plain_text` or `mrkdwn` object of 1..max characters. */
export function anyText(max: number): z.ZodDiscriminatedUnion<[PlainText, Mrkdwn], 'type'> {
  const mrkdwn = z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
  });
  return z.discriminatedUnion('type', [plainText(max), mrkdwn]);
}
/** Either text object. */
export type TextObject = z.infer<ReturnType<typeof anyText>>;

const optionParts = {
  value: z.string().min(1).max(75), // the docs now say 150; the published types say 75, which holds everywhere
  url: z.string().max(3000).optional(),
};
/** An option of a select menu or overflow: plain text only. */
export const PlainOption = z.strictObject({
  ...optionParts,
  text: plainText(75),
  description: plainText(75).optional(),
});
/** An option of radio buttons or checkboxes: may be mrkdwn. */
export const RichOption = z.strictObject({
  ...optionParts,
  text: anyText(75),
  description: anyText(75).optional(),
});
/** Any option as it travels in payloads. */
export type Option = z.infer<typeof RichOption>;

/** A titled group of 1..100 options. */
export const OptionGroup = z.strictObject({
  label: plainText(75),
  options: z.array(PlainOption).min(1).max(100),
});

/** The "are you sure" dialog of an element. */
export const Confirm = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
});
/** The "are you sure" dialog of an element. */
export type Confirm = z.infer<typeof Confirm>;

/** A Slack-hosted image: exactly one of its id or its URL. */
export const SlackFile = z
  .strictObject({
    id: z
      .string()
      .regex(/^F[A-Z0-9]{8,}$/)
      .optional(),
    url: z.string().max(3000).optional(),
  })
  .refine((file) => (file.id === undefined) !== (file.url === undefined), {
    message: 'must provide exactly one of id or url',
  });
