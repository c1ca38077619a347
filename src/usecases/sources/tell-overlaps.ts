import type { SetAside } from '../../core/ledger/source-overlap.js';
import type { Notice } from '../../core/notices/notice.js';
import type { Context } from '../context.js';

/** Tells FinOps what is set aside now, and what was (`before`) but is no longer; each overlap has one message. */
export async function tellOverlaps(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  before: readonly SetAside[],
): Promise<readonly SetAside[]> {
  const now = await store.listSetAside();
  const standing = new Set(now.map(keyOf));
  const over = before.filter((aside) => !standing.has(keyOf(aside)));
  const notices = [...now.map((aside) => notice(aside, false)), ...over.map((aside) => notice(aside, true))];
  if (notices.length > 0) await store.putNotices(notices, clock());
  return now;
}

function keyOf({ source, money, countedFrom }: SetAside): string {
  return `overlap:${source}:${money}:${countedFrom}`;
}

function notice(aside: SetAside, isOver: boolean): Notice {
  return {
    key: keyOf(aside),
    audience: { kind: 'finops' },
    parentKey: null,
    body: { kind: 'feed-overlap', aside, isOver },
  };
}
