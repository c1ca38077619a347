import { maySee, type Viewer } from '../../core/access/visibility.js';
import type { DigestScope } from '../../core/digests/digest.js';
import { DEFAULT_DIMENSIONS } from '../../core/rules/rule.js';
import type { Context } from '../context.js';
import { suggestValues } from '../rules/suggest-values.js';
import { readSettings } from '../settings/read-settings.js';

/** What a digest may be about, as far as the viewer may see it: all spend first, then teams, then what else has owners. */
export async function digestScopes(
  context: Context,
  input: { readonly viewer: Viewer; readonly contains: string; readonly limit: number },
): Promise<readonly DigestScope[]> {
  const { viewer, contains, limit } = input;
  const { visibility } = (await readSettings(context)).settings;
  const { ruleset } = await context.store.currentRuleset();
  const dimensions = [...new Set([...DEFAULT_DIMENSIONS, ...ruleset.dimensions.map(({ id }) => id)])];
  const scopes: DigestScope[] = 'all spend'.includes(contains.toLowerCase()) ? [null] : [];
  for (const dimension of dimensions) {
    const owners = await suggestValues(context, { attribute: `dimension:${dimension}`, contains, limit });
    scopes.push(...owners.map((owner) => ({ dimension, owner })));
  }
  return scopes.filter((scope) => maySee(viewer, visibility, scope).ok).slice(0, limit);
}
