import { type Day, type Month, monthOf, parseMonth } from '../../../core/base/time.js';
import type { VendorAccess } from '../../http/account.js';
import type { Query } from '../../http/http.js';
import type { CopilotConfig, Scope } from './connection.js';

/** AI credits replaced premium requests in that month. */
export const FIRST_CREDITS: Month = parseMonth('2026-06');

/** Everything by which the parts of a pull ask. */
export interface Asking {
  readonly config: CopilotConfig;
  readonly account: VendorAccess;
  readonly scope: Scope;
}

/** The parameters of a day. */
export function dateQuery(day: Day): Query {
  return [...monthQuery(monthOf(day)), ['day', String(Number(day.slice(8)))]];
}

/** The parameters of a month. */
export function monthQuery(month: Month): Query {
  return [
    ['year', month.slice(0, 4)],
    ['month', String(Number(month.slice(5)))],
  ];
}
