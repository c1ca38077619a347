import type { Viewer } from '../../core/access/visibility.js';
import { AppError, invalid } from '../../core/base/errors.js';
import type { DigestScope } from '../../core/digests/digest.js';
import { scopeText } from '../../core/digests/scope.js';
import { areaProblem, type Settings, type Subscription } from '../../core/settings/settings.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';
import { requireScope, requireTelling } from './send-digest.js';

const ATTEMPTS = 3;

/**
 * Subscribes a channel to a digest, in place of the same scope in the same rhythm. Anyone who may have them told may.
 * @throws AppError `forbidden`, or `invalid` when there are too many.
 */
export async function subscribeChannel(
  context: Context,
  input: { readonly viewer: Viewer; readonly subscription: Subscription },
): Promise<void> {
  const { viewer, subscription } = input;
  await requireTelling(context, viewer, subscription.scope);
  await change(context, (all) => [...all.filter((one) => !isSame(one, subscription)), subscription]);
}

/**
 * Ends all of a channel's subscriptions to a scope; answers how many there were.
 * @throws AppError `forbidden` where the viewer may not see the figures.
 */
export async function unsubscribeChannel(
  context: Context,
  input: { readonly viewer: Viewer; readonly channel: string; readonly scope: DigestScope },
): Promise<number> {
  const { viewer, channel, scope } = input;
  await requireScope(context, viewer, scope);
  const isMeant = (one: Subscription): boolean =>
    one.channel === channel && scopeText(one.scope) === scopeText(scope);
  const { settings } = await readSettings(context);
  const ended = settings.subscriptions.filter(isMeant).length;
  if (ended > 0) await change(context, (all) => all.filter((one) => !isMeant(one)));
  return ended;
}

function isSame(a: Subscription, b: Subscription): boolean {
  return (
    a.channel === b.channel && scopeText(a.scope) === scopeText(b.scope) && a.cadence.kind === b.cadence.kind
  );
}

/** Somebody else may be changing them at the same moment: then ours is made on top of theirs. */
async function change(
  context: Context,
  edit: (all: readonly Subscription[]) => Settings['subscriptions'],
): Promise<void> {
  const { store, actor, clock } = context;
  for (let attempt = 1; ; attempt++) {
    const { settings, changed } = await readSettings(context);
    const value = edit(settings.subscriptions);
    const problem = areaProblem('subscriptions', value);
    if (problem !== null) return invalid(problem);
    try {
      const base = changed.subscriptions?.number ?? null;
      await store.changeSettings({ area: 'subscriptions', value, base, actor, atMs: clock() });
      return;
    } catch (error) {
      const isConflict = error instanceof AppError && error.code === 'conflict';
      if (!isConflict || attempt === ATTEMPTS) throw error;
    }
  }
}
