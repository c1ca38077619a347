import type { RawAnswer, RawAnswers } from '../../slack/answers.js';

/** Answers in the mutable shape that a `WebAct` has. */
export function toJson(answers: RawAnswers): Record<string, Record<string, string | string[] | null>> {
  return Object.fromEntries(
    Object.entries(answers).map(([block, values]) => [
      block,
      Object.fromEntries(
        Object.entries(values).map(([action, value]) => [
          action,
          typeof value === 'string' || value === null ? value : [...value],
        ]),
      ),
    ]),
  );
}

/** One answer in the mutable shape that a `WebAct` has. */
export function copyOf(value: RawAnswer): string | string[] | null {
  return typeof value === 'string' || value === null ? value : [...value];
}
