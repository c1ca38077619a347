import { requiresRole, type Viewer } from '../../core/access/visibility.js';
import { AppError } from '../../core/base/errors.js';
import type { Month } from '../../core/base/time.js';
import type { PlanRow } from '../../core/budgets/plan.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';

type By = { readonly by: Pick<Viewer, 'roles'> };

function refuseOthers({ by }: By): void {
  const verdict = requiresRole(by, ['finops', 'finance'], 'set budgets');
  if (!verdict.ok) throw new AppError('forbidden', verdict.sentence);
}

/**
 * Sets budgets, each in place of what its owner's month had; the same again changes nothing.
 * @throws AppError `forbidden` unless FinOps or finance asks.
 */
export async function setPlans(
  context: Context,
  input: By & { readonly rows: readonly PlanRow[] },
): Promise<{ readonly rows: number; readonly changed: number }> {
  refuseOthers(input);
  const { currency: usual } = (await readSettings(context)).settings;
  const changes = input.rows.map(({ dimension, owner, month, amount, currency, phasing }) => ({
    dimension,
    owner,
    month,
    plan: { amount, currency: currency ?? usual, phasing: phasing ?? ('calendar-days' as const) },
  }));
  const { store, actor, clock } = context;
  const { changed } = await store.putPlans({ changes, actor, atMs: clock() });
  return { rows: changes.length, changed };
}

/** Takes the budgets of an owner back. @throws AppError as `setPlans`. */
export async function removePlans(
  context: Context,
  input: By & { readonly dimension: string; readonly owner: string; readonly months: readonly Month[] },
): Promise<{ readonly changed: number }> {
  refuseOthers(input);
  const { dimension, owner } = input;
  const changes = input.months.map((month) => ({ dimension, owner, month, plan: null }));
  const { store, actor, clock } = context;
  return store.putPlans({ changes, actor, atMs: clock() });
}
