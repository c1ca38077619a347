import { type Viewer, visibleTeams } from '../../core/access/visibility.js';
import { AppError } from '../../core/base/errors.js';
import type { DigestFigures, DigestScope } from '../../core/digests/digest.js';
import { scopeText } from '../../core/digests/scope.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';
import { mayAsk } from '../spend/may-ask.js';
import { digestNotices } from './write-digests.js';

/** Refuses anyone who may not see the figures of a scope. @throws AppError `forbidden` with what they may see. */
export async function requireScope(context: Context, viewer: Viewer, scope: DigestScope): Promise<void> {
  const verdict = await mayAsk(context, viewer, { scope, by: 'team' });
  if (!verdict.ok) throw new AppError('forbidden', verdict.sentence);
}

/**
 * Refuses to tell a channel what not everybody in it may see, unless to those who see everything themselves.
 * @throws AppError `forbidden`, also where the viewer may not see the figures.
 */
export async function requireTelling(context: Context, viewer: Viewer, scope: DigestScope): Promise<void> {
  await requireScope(context, viewer, scope);
  const { visibility } = (await readSettings(context)).settings;
  if (visibleTeams(viewer, visibility) === 'all') return;
  const sentence =
    'Not everybody in a channel may see these figures here; only FinOps, finance or leaders may have them told there. A team’s own channel hears of its week by itself.';
  throw new AppError('forbidden', sentence);
}

/**
 * Sends a digest to a channel now, besides those that are due. `request` names the one press of a button: the same
 * again sends nothing twice.
 * @throws AppError `forbidden` where the viewer may not have them told.
 */
export async function sendDigest(
  context: Context,
  input: {
    readonly viewer: Viewer;
    readonly figures: DigestFigures;
    readonly channelId: string;
    readonly request: string;
  },
): Promise<void> {
  const { store, actor, clock } = context;
  const { viewer, figures, channelId, request } = input;
  const { scope, period } = figures;
  await requireTelling(context, viewer, scope);
  const subject = `${scopeText(scope)}:${period}`;
  const key = `digest:sent:${channelId}:${subject}:${request}`;
  const { added } = await store.putNotices(
    digestNotices({ key, audience: { kind: 'channel', channelId } }, figures),
    clock(),
  );
  if (added === 0) return;
  const detail = { channel: channelId };
  await store.appendAudit({ actor, action: 'digest.send', subject, detail, atMs: clock() });
}
