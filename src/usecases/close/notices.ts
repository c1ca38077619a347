import { describeActor } from '../../core/base/actor.js';
import type { MonthClose } from '../../core/close/checklist.js';
import type { MonthStep } from '../../core/close/month.js';
import type { Notice } from '../../core/notices/notice.js';
import type { Context } from '../context.js';

/** Keeps FinOps's message about a month's close true, and tells the step in its thread. */
export async function tellMonth(context: Context, figures: MonthClose, step: MonthStep): Promise<void> {
  const { store, actor, clock } = context;
  const atMs = clock();
  const audience = { kind: 'finops' } as const;
  const key = `month:${figures.month}`;
  const parent: Notice = { key, audience, parentKey: null, body: { kind: 'month-close', figures } };
  const who = actor.kind === 'slack' ? actor.userId : actor.name;
  const told: Notice = {
    key: `${key}:${step.what}:${atMs}:${who}`,
    audience,
    parentKey: key,
    body: { kind: 'month-step', month: figures.month, by: describeActor(actor), step },
  };
  await store.putNotices([parent, told], atMs);
}
