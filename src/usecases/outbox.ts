import { AppError } from '../core/errors.js';
import type { OutboxEntry } from '../store/outbox-store.js';
import type { Context } from './context.js';

/** Notices that are due now, set to `sending`. */
export async function claimNotices(_context: Context, _limit: number): Promise<readonly OutboxEntry[]> {
  throw new AppError('bug', 'not built yet');
}

/** Notices that a crash left `sending`: reconcile them by message metadata before posting again. */
export async function listInterrupted(_context: Context): Promise<readonly OutboxEntry[]> {
  throw new AppError('bug', 'not built yet');
}

export async function recordSent(
  _context: Context,
  _sent: { entry: OutboxEntry; channelId: string; ts: string },
): Promise<void> {
  throw new AppError('bug', 'not built yet');
}

/** Notes a failed post: back-off and a next attempt, or (when `final`) giving up. `retryAfterMs` is Slack's own word. */
export async function recordUnsent(
  _context: Context,
  _failure: { entry: OutboxEntry; sentence: string; final: boolean; retryAfterMs: number | null },
): Promise<void> {
  throw new AppError('bug', 'not built yet');
}

/** The parent entry of a notice in a thread, and the channel of a team: what `deliver` needs to address a message. */
export async function addressOf(
  _context: Context,
  _entry: OutboxEntry,
): Promise<{
  readonly parent: OutboxEntry | null;
  readonly teamChannel: string | null;
  readonly personSlackId: string | null;
}> {
  throw new AppError('bug', 'not built yet');
}

/** True the first time an event id is seen. */
export async function claimEvent(_context: Context, _eventId: string): Promise<boolean> {
  throw new AppError('bug', 'not built yet');
}
