import type { PullHold } from '../../store/contract/sources.js';
import type { Context } from '../context.js';
import { tellHold } from './check-pull.js';

/**
 * A person says that a pull which was held back is right: the next one that looks the same is published. The caller
 * has checked who may do it. @throws AppError `not-found` when nothing of the source is held back.
 */
export async function acceptPull(
  context: Context,
  { source }: { readonly source: string },
): Promise<PullHold & { readonly sentence: string }> {
  const { store, actor, clock } = context;
  const accepted = await store.acceptPull({ source, actor, atMs: clock() });
  await tellHold(context, accepted);
  return { ...accepted, sentence: `${source} is accepted; its next pull is published.` };
}
