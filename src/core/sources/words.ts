import { formatNanos, type Nanos, withThousands } from '../base/money.js';
import type { Day } from '../base/time.js';
import { describeSetAside } from '../ledger/source-overlap.js';
import { backfillProgress, type SourceStatus } from './feed.js';

/** How days, instants and amounts are written where the words go. */
export interface SourceWriting {
  readonly day: (day: Day) => string;
  readonly instant: (ms: number) => string;
  readonly cost: (cost: Nanos, currency: string) => string;
  /** Whether money may be shown to the reader. */
  readonly showsMoney: boolean;
}

/** How a source is, in one sentence. */
export function describeState(status: SourceStatus, write: SourceWriting): string {
  const { feed, lagDays, state } = status;
  const held = feed?.completeThrough ?? null;
  const until = held === null ? 'no complete day yet' : `complete through ${write.day(held)}`;
  const lag =
    lagDays === null || lagDays === 0 ? '' : `, ${lagDays === 1 ? '1 day' : `${lagDays} days`} behind`;
  switch (state) {
    case 'misconfigured':
      return `cannot be read: ${status.problem ?? 'its settings are wrong.'}`;
    case 'failing': {
      // The error names amounts, which are not for everybody.
      if (status.held !== undefined)
        return status.held.every(({ because }) => because === 'price')
          ? 'its first pull is held back: what it bills is far from the price list.'
          : 'its latest pull is held back: the vendor may have answered only in part.';
      const since = feed?.failingSinceMs ?? null;
      return `failing${since === null ? '' : ` since ${write.instant(since)}`}, ${until}${lag}: ${feed?.lastError ?? ''}`;
    }
    case 'silent':
      return `answers, but brings no new days: ${until}${lag}, where ${status.usualLagDays ?? 0} are usual.`;
    case 'new':
      return 'not pulled yet.';
    case 'paused':
      return `paused, ${until}${lag}.`;
    case 'gone':
      return `no longer configured, ${until}; its charges are still counted.`;
    case 'well':
      return `${until}${status.usualLagDays === null ? '' : lag}.`;
    default:
      return state satisfies never;
  }
}

const MOST_ASIDE = 3;

/** What else there is to say: running, last pull, next pull, backfill, overlaps. */
export function describeDetails(status: SourceStatus, write: SourceWriting): readonly string[] {
  const { running, last, nextPullMs, backfill } = status;
  const lines: string[] = [];
  if (running !== null)
    lines.push(`Being pulled since ${write.instant(running.takenAtMs)} (${running.what}).`);
  if (last !== null) {
    const money = last.costs.map(({ cost, currency }) => write.cost(cost, currency)).join(' + ');
    const kinds = Object.entries(last.confidences).map(([kind, count]) => `${withThousands(count)} ${kind}`);
    const worth = write.showsMoney && money !== '' ? `, ${money}` : '';
    const grade = kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
    lines.push(
      `Last pull ${write.instant(last.atMs)}: ${withThousands(last.charges)} charges${grade}${worth}.`,
    );
  }
  if (nextPullMs !== null) lines.push(`Next pull ${write.instant(nextPullMs)}.`);
  if (backfill !== null && backfill.state !== 'done' && backfill.state !== 'cancelled') {
    const { done, of } = backfillProgress(backfill);
    const state = backfill.state === 'failed' ? `stopped: ${backfill.sentence ?? ''}` : 'under way';
    lines.push(`Backfill ${done} of ${of} days, ${state}`);
  }
  if (!write.showsMoney) return lines;
  for (const aside of [...status.setAside, ...status.countedFor].slice(0, MOST_ASIDE))
    lines.push(describeSetAside(aside, write));
  return lines;
}

/** Days and instants as they are, for a terminal. */
export const PLAIN_WRITING: SourceWriting = {
  day: (day) => day,
  instant: (ms) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  cost: (cost, currency) => `${formatNanos(cost)} ${currency}`,
  showsMoney: true,
};
