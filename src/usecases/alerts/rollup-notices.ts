import { causeOf } from '../../core/alerts/alert.js';
import { sumNanos } from '../../core/base/money.js';
import { type Day, parseDay } from '../../core/base/time.js';
import type { Notice, RolledUp } from '../../core/notices/notice.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { audienceOf } from './notices.js';

const MOST_LINES = 40;

/** The roll-up of a day for those who are told; `audience` is `finops` or `team:Search`. */
export function rollupKey(audience: string, day: Day): string {
  return `alert:rollup:${day}:${audience}`;
}

/** Writes the roll-ups again from the cases in them: one message each, and the list in its thread. */
export async function tellRollups({ store, clock }: Context, cases: readonly AlertCase[]): Promise<void> {
  const byKey = new Map<string, AlertCase[]>();
  for (const each of cases) {
    const { rollup } = each.care;
    if (rollup !== null) byKey.set(rollup, [...(byKey.get(rollup) ?? []), each]);
  }
  const notices = [...byKey].flatMap(([key, own]) => noticesOf(key, own.toReversed()));
  if (notices.length > 0) await store.putNotices(notices, clock());
}

function noticesOf(key: string, cases: readonly AlertCase[]): readonly Notice[] {
  const [first] = cases;
  if (first === undefined) return [];
  const audience = audienceOf(first);
  const lines = cases.map(
    ({ id, state, figures }): RolledUp => ({
      caseId: id,
      cause: causeOf(figures),
      owner: figures.owner,
      state,
      currency: figures.currency,
      excess: figures.excess,
    }),
  );
  return [
    {
      key,
      audience,
      parentKey: null,
      body: {
        kind: 'alert-rollup',
        day: parseDay(key.split(':')[2] ?? ''),
        currency: first.figures.currency,
        count: lines.length,
        open: lines.filter(({ state }) => state === 'open').length,
        excess: sumNanos(lines.map(({ excess }) => excess)),
      },
    },
    {
      key: `${key}:list`,
      audience,
      parentKey: key,
      body: {
        kind: 'alert-rollup-list',
        lines: lines.slice(0, MOST_LINES),
        more: Math.max(0, lines.length - MOST_LINES),
      },
    },
  ];
}
