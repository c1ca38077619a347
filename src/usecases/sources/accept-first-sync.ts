import type { FirstSync } from '../../store/contract/sources.js';
import type { Context } from '../context.js';
import { firstSyncKey, tell } from './check-pull.js';

/**
 * A person says that a first pull which was held back is right: the next pull of the source is published. The caller
 * has checked who may do it. @throws AppError `not-found` when nothing of the source is held back.
 */
export async function acceptFirstSync(
  context: Context,
  { source }: { readonly source: string },
): Promise<FirstSync & { readonly sentence: string }> {
  const { store, actor, clock } = context;
  const accepted = await store.acceptFirstSync({ source, actor, atMs: clock() });
  const { held, acceptedBy } = accepted;
  await tell(context, firstSyncKey(source), { about: 'first-sync', source, held, acceptedBy });
  return { ...accepted, sentence: `${source} is accepted; its next pull is published.` };
}
