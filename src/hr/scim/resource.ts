import type { ProvisionedResource } from '../../core/people/provisioned.js';
import { canonicalName } from './path.js';

type Json = Readonly<Record<string, unknown>>;

/** The path of a kind's resources. */
export const PLACES = { user: 'Users', group: 'Groups' } as const;

/** The entity tag of a revision. */
export function etagOf({ revision }: Pick<ProvisionedResource, 'revision'>): string {
  return `W/"${revision}"`;
}

/** A resource as it is answered: what was pushed, with id and meta. `base` is the address of `/scim/v2`. */
export function resourceJson(resource: ProvisionedResource, base: string): Json {
  const { id, kind, document, createdAtMs, modifiedAtMs } = resource;
  return {
    ...document,
    id,
    meta: {
      resourceType: kind === 'user' ? 'User' : 'Group',
      created: new Date(createdAtMs).toISOString(),
      lastModified: new Date(modifiedAtMs).toISOString(),
      location: `${base}/${PLACES[kind]}/${id}`,
      version: etagOf(resource),
    },
  };
}

/** Leaves out what the query does not want: `attributes` and `excludedAttributes`, top-level names with commas. */
export function projected(json: Json, query: URLSearchParams): Json {
  const names = (key: string): ReadonlySet<string> | null => {
    const given = query.get(key);
    if (given === null || given === '') return null;
    return new Set(given.split(',').map((name) => canonicalName(name.trim().split('.')[0] ?? '')));
  };
  const wanted = names('attributes');
  const unwanted = names('excludedAttributes');
  const wantsExtension = [...(wanted ?? [])].some((name) => name.startsWith('urn:'));
  const isWanted = (name: string): boolean =>
    wanted === null || wanted.has(name) || (name.startsWith('urn:') && wantsExtension);
  const isKept = (name: string): boolean =>
    name === 'id' || name === 'schemas' || (isWanted(name) && !(unwanted?.has(name) ?? false));
  return Object.fromEntries(Object.entries(json).filter(([name]) => isKept(name)));
}

/** A page of results in the protocol's envelope. `startIndex` counts from 1. */
export function listJson(page: { total: number; startIndex: number; resources: readonly Json[] }): Json {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: page.total,
    startIndex: page.startIndex,
    itemsPerPage: page.resources.length,
    Resources: page.resources,
  };
}
