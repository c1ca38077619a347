import { createHash } from 'node:crypto';
import type { PlainTextOption } from '@slack/types';
import { AppError } from '../../core/base/errors.js';
import { plain } from './blocks.js';
import { displayName, unescapeMrkdwn } from './text.js';

/** Slack's limit of an option's value (the stricter of its two documented ones). */
const MAX_VALUE = 75;
const ESCAPED = '~u';
const HASHED = '~h';

/** A choice in a form: what the person reads, and what comes back (see `encodeChoice`). */
export interface Choice {
  readonly text: string;
  readonly value: string;
}

/**
 * Any string as an option of a select. An option's value holds 75 units and may come back HTML-escaped, so a
 * value with live characters is percent-escaped and a longer one is sent as its hash, to be looked up again.
 */
export function encodeChoice(value: string): Choice {
  const text = displayName(value, 75);
  if (value.length <= MAX_VALUE && !/^~|[&<>]|\p{Cc}/u.test(value)) return { text, value };
  // A lone surrogate cannot be escaped, and is no name either: it goes by its hash.
  const escaped = /\p{Cs}/u.test(value) ? null : `${ESCAPED}${encodeURIComponent(value)}`;
  if (escaped !== null && escaped.length <= MAX_VALUE) return { text, value: escaped };
  return { text, value: `${HASHED}${createHash('sha256').update(value).digest('hex')}` };
}

/** The choice as Slack's option object. */
export function choiceOption(choice: Choice): PlainTextOption {
  return { text: plain(choice.text, 75), value: choice.value };
}

/** A selected option of a view's state, as a choice again. */
export function readChoice(selected: {
  readonly text: { readonly text: string };
  readonly value: string;
}): Choice {
  return { text: unescapeMrkdwn(selected.text.text), value: selected.value };
}

/** Whether the choice stands for a value that must be looked up. */
export function isHashed(choice: Choice): boolean {
  return choice.value.startsWith(HASHED);
}

/** The value of a choice that carries it whole. */
export function decodeChoice(choice: Choice): string {
  if (choice.value.startsWith(ESCAPED)) return decodeURIComponent(choice.value.slice(ESCAPED.length));
  return choice.value;
}

/**
 * The value of any choice; `candidates` are asked for the possible values of a hashed one, by a part of its text.
 * @throws AppError `invalid` when the value is not there any more.
 */
export async function resolveChoice(
  choice: Choice,
  candidates: (contains: string) => Promise<readonly string[]>,
): Promise<string> {
  if (!isHashed(choice)) return decodeChoice(choice);
  for (const contains of [choice.text.slice(0, 40), '']) {
    const found = (await candidates(contains)).find((value) => encodeChoice(value).value === choice.value);
    if (found !== undefined) return found;
  }
  throw new AppError('invalid', `"${choice.text}" cannot be found any more; please choose it again.`);
}
