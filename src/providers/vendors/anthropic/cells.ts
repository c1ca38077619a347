import { utcDay } from '../../../core/base/time.js';
import type { Line } from './lines.js';
import type { CostRow, Group } from './schema.js';
import { SEPARATOR } from './vocabulary.js';

/** A line and the group it came from, without the workspace: the vendor tells further dimensions for this. */
export interface DetailedLine {
  readonly cell: string;
  readonly line: Line;
}

/** Token type, or what else it is that was paid for. */
export function lineKind(row: {
  readonly group: Pick<CostRow['group'], 'token_type' | 'cost_type'>;
}): string {
  return row.group.token_type ?? row.group.cost_type ?? '';
}

/** Day first, then every grouped dimension: the vendor's natural key. */
export function groupKey(row: { starting_at: string; group: Group }): string {
  return [cellKey(row), row.group.workspace_id].join(SEPARATOR);
}

/** The same without the workspace: what further dimensions are told for. */
export function cellKey(row: { starting_at: string; group: Omit<Group, 'workspace_id'> }): string {
  const { actor, api_key_id, model, service_tier } = row.group;
  const actorId =
    actor === null
      ? ''
      : [actor.type, actor.provider?.type, actorPrincipal(actor) ?? actor.api_key_id].join(':');
  const day = utcDay(Date.parse(row.starting_at));
  return [day, actorId, api_key_id, model, service_tier].join(SEPARATOR);
}

/** What an actor is known by; null for a bare key and for kinds of actor that we do not know yet. */
export function actorPrincipal(actor: NonNullable<Group['actor']>): string | null {
  return actor.user_id ?? actor.service_account_id ?? actor.subject ?? null;
}
