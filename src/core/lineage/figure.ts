import { type AlertFigures, causeFilters, causeOf } from '../alerts/alert.js';
import { invalid } from '../base/errors.js';
import { addDays } from '../base/time.js';
import type { DigestFigures } from '../digests/digest.js';
import { SPEND_KEYS, type SpendReport } from '../spend/spend.js';
import type { SpendFigure } from './lineage.js';

/** The dimension that explains figures which are about no dimension of their own. */
const USUAL_DIMENSION = 'team';

/** The figure that a report shows beside a label: one filter more. */
export function narrowed(figure: SpendFigure, key: string, value: string): SpendFigure {
  return { ...figure, where: [...figure.where, { key, values: [value] }] };
}

/**
 * A report's total. It is explained by the dimension that it is about or grouped by, else by team.
 * @throws AppError `invalid` for an as-is report, whose figures are not kept.
 */
export function figureOfReport({ question, currency, asIs }: SpendReport): SpendFigure {
  if (asIs !== undefined)
    return invalid(
      'As-is figures are worked out for planning and not kept; ask without "as-is" to see where they come from.',
    );
  const { scope, by, range } = question;
  const isBuiltIn = SPEND_KEYS.some((key) => key === by);
  const company = { dimension: isBuiltIn ? USUAL_DIMENSION : by, where: [], range, currency };
  if (scope === null) return company;
  return 'dimension' in scope
    ? narrowed({ ...company, dimension: scope.dimension }, scope.dimension, scope.owner)
    : narrowed(company, scope.key, scope.value);
}

/** The week or month of a digest: an owner's, or all spend. */
export function figureOfDigest({ scope, from, to, currency }: DigestFigures): SpendFigure {
  const company = { dimension: USUAL_DIMENSION, where: [], range: { from, to }, currency };
  if (scope === null) return company;
  return narrowed({ ...company, dimension: scope.dimension }, scope.dimension, scope.owner);
}

/** The days of an alert. */
export function figureOfAlert(figures: AlertFigures): SpendFigure {
  const { dimension, firstDay, lastDay, currency } = figures;
  const range = { from: firstDay, to: addDays(lastDay, 1) };
  return { dimension, where: causeFilters(causeOf(figures)), range, currency };
}
