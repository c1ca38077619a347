import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, KnownBlock } from '@slack/types';
import { formatNanos, type Nanos, parseNanos } from '../../core/base/money.js';
import type { Settings } from '../../core/settings/settings.js';
import { option, plain } from '../kit/blocks.js';
import { input, select } from '../kit/inputs.js';
import { type Choice, choiceOption, readChoice } from '../kit/option-value.js';

/** What forms are drawn and read with besides the settings. */
export interface FormHelp {
  /** Every team that is known, by name. */
  readonly teams: readonly string[];
  /** IANA zone in which instants are shown. */
  readonly timeZone: string;
}

/** What a form says: a value for the area (checked once more before it is stored), or what is wrong in which field. */
export type FormAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** The form of one area of the settings. */
export interface AreaForm {
  /** At most 24 characters. */
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly explanation: string;
  /** The values of now, in one line. */
  readonly summary: (settings: Settings) => string;
  readonly blocks: (settings: Settings, help: FormHelp) => readonly KnownBlock[];
  readonly read: (typed: Typed, now: { settings: Settings; help: FormHelp }) => Promise<FormAnswer>;
}

/** The action id of the element in a block of a settings form. */
export function actionOf(block: string): string {
  return `settings.${block}`;
}

/** A field of a form; its element's action id is made from the block's. */
export function field(spec: {
  readonly block: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  readonly element: (actionId: string) => InputBlock['element'];
}): InputBlock {
  const { element, ...rest } = spec;
  return input({ ...rest, element: element(actionOf(spec.block)) });
}

/** A choice among few, each with its own value. */
export function selectOf(
  choices: readonly Choice[],
  chosen: string | null,
): (actionId: string) => InputBlock['element'] {
  const options = choices.map(choiceOption);
  const initial = options.find(({ value }) => value === chosen);
  return (actionId) => ({
    ...select(actionId, options, initial),
    placeholder: plain('Choose', 150),
  });
}

/** Radio buttons: for few choices that need words. */
export function radioOf(
  choices: readonly Choice[],
  chosen: string,
): (actionId: string) => InputBlock['element'] {
  const options = choices.map(({ text, value }) => option(text, value));
  const initial = options.find(({ value }) => value === chosen);
  return (actionId) => ({
    type: 'radio_buttons',
    action_id: actionId,
    options,
    ...(initial === undefined ? {} : { initial_option: initial }),
  });
}

/** A number field; Slack checks the bounds before it sends. */
export function numberOf(spec: {
  readonly value: string | null;
  readonly min: number;
  readonly max: number;
  readonly decimals?: boolean;
}): (actionId: string) => InputBlock['element'] {
  return (actionId) => ({
    type: 'number_input',
    action_id: actionId,
    is_decimal_allowed: spec.decimals ?? false,
    min_value: String(spec.min),
    max_value: String(spec.max),
    ...(spec.value === null ? {} : { initial_value: spec.value }),
  });
}

/** Hours of a day as choices. */
export const HOURS: readonly Choice[] = Array.from({ length: 24 }, (_, hour) => ({
  text: `${String(hour).padStart(2, '0')}:00`,
  value: String(hour),
}));

const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** Days of the week as choices, Monday 1 first. */
export const WEEKDAYS: readonly Choice[] = DAY_NAMES.map((text, index) => ({
  text,
  value: String(index + 1),
}));

/** The name of a weekday, Monday 1. */
export function weekdayName(weekday: number): string {
  return DAY_NAMES[weekday - 1] ?? '';
}

/** An hour as a clock shows it. */
export function hourName(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

/** Hundredths of a per cent as a decimal text: 50 is `0.5`. */
export function percentText(basisPoints: number): string {
  return formatNanos(BigInt(basisPoints) * 10_000_000n);
}

/** What a person has put into a form, field by field. */
export class Typed {
  readonly #values: ViewOutput['state']['values'];
  readonly #errors: Record<string, string> = {};

  constructor(view: Pick<ViewOutput, 'state'>) {
    this.#values = view.state.values;
  }

  #of(block: string) {
    return this.#values[block]?.[actionOf(block)];
  }

  /** Trimmed text; null when empty. */
  text(block: string): string | null {
    const text = this.#of(block)?.value?.trim() ?? '';
    return text === '' ? null : text;
  }

  /** The chosen option's value; null when none is. */
  option(block: string): string | null {
    return this.#of(block)?.selected_option?.value ?? null;
  }

  /** The chosen option as it was offered. */
  choice(block: string): Choice | null {
    const selected = this.#of(block)?.selected_option;
    return selected === undefined || selected === null ? null : readChoice(selected);
  }

  options(block: string): readonly string[] {
    return (this.#of(block)?.selected_options ?? []).map(({ value }) => value);
  }

  conversation(block: string): string | null {
    return this.#of(block)?.selected_conversation ?? null;
  }

  users(block: string): readonly string[] {
    return this.#of(block)?.selected_users ?? [];
  }

  /** A whole number; null when empty. Slack has checked it by the field's bounds. */
  integer(block: string): number | null {
    const text = this.text(block) ?? this.option(block);
    if (text === null) return null;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    this.wrong(block, 'Write a whole number.');
    return null;
  }

  /** An amount of money, not negative; null when empty. */
  amount(block: string): Nanos | null {
    const text = this.text(block);
    if (text === null) return null;
    if (/^\d{1,15}(\.\d{1,9})?$/.test(text)) return parseNanos(text);
    this.wrong(block, 'Write an amount such as 250 or 1000.50, without a currency or thousands separators.');
    return null;
  }

  /** A percentage as hundredths of a per cent; null when empty. */
  percent(block: string): number | null {
    const text = this.text(block);
    if (text === null) return null;
    const match = /^(\d{1,5})(?:\.(\d{1,2}))?$/.exec(text);
    if (match !== null) return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
    this.wrong(block, 'Write a percentage with at most two decimals, such as 0.5.');
    return null;
  }

  /** Notes what is wrong in a field. */
  wrong(block: string, sentence: string): void {
    this.#errors[block] ??= sentence;
  }

  /** The value, unless a field is wrong. */
  answer(value: unknown): FormAnswer {
    return Object.keys(this.#errors).length > 0 ? { ok: false, errors: this.#errors } : { ok: true, value };
  }
}
