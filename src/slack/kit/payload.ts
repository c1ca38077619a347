import type { z } from 'zod';
import { AppError } from '../../core/base/errors.js';

// Slack hands some strings back HTML-escaped; JSON's own escapes survive that unchanged.
const HTML = /[&<>\u2028\u2029]/g;

/** Packs what a button or view must remember into its value; survives Slack's HTML escaping. */
export function packPayload(value: unknown): string {
  return JSON.stringify(value).replace(
    HTML,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Unpacks a payload that came back from Slack.
 * @throws AppError `invalid` when it is not one of ours (an old message after an update of the app, usually).
 */
export function unpackPayload<T>(schema: z.ZodType<T>, packed: string | undefined): T {
  try {
    return schema.parse(JSON.parse(packed ?? ''));
  } catch (cause) {
    throw new AppError('invalid', 'This button is from an older message; please ask again.', { cause });
  }
}
