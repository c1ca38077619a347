import { requiresRole, type Viewer } from '../../core/access/visibility.js';
import { AppError, invalid } from '../../core/base/errors.js';
import { areaProblem, type SettingsArea, type SettingsEdition } from '../../core/settings/settings.js';
import type { Context } from '../context.js';

/**
 * Changes one area of the settings as a whole; null goes back to what the configuration says. `base` is the number
 * of the edition that the person saw (null: the default).
 * @throws AppError `forbidden` unless FinOps asks, `invalid` naming the field, `conflict` when it changed meanwhile.
 */
export async function changeSettings(
  context: Context,
  input: {
    readonly area: SettingsArea;
    readonly value: unknown;
    readonly base: number | null;
    readonly by: Pick<Viewer, 'roles'>;
  },
): Promise<SettingsEdition> {
  const { store, actor, clock, log } = context;
  const { area, value, base } = input;
  const verdict = requiresRole(input.by, ['finops'], 'change settings');
  if (!verdict.ok) throw new AppError('forbidden', verdict.sentence);
  const problem = value === null ? null : areaProblem(area, value);
  if (problem !== null) return invalid(problem);
  const edition = await store.changeSettings({ area, value, base, actor, atMs: clock() });
  log.info('settings changed', { area, number: edition.number, by: actor.name });
  return edition;
}
