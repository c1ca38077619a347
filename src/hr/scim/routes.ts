import type {
  ProvisionedPage,
  ProvisionedQuery,
  ProvisionedResource,
} from '../../core/people/provisioned.js';
import type { ScimBackend } from './backend.js';
import { describeService, MOST_RESULTS } from './discovery.js';
import { ScimFault } from './fault.js';
import { applyPatch, PatchRequest } from './patch.js';
import { parseFilter } from './path.js';
import { etagOf, listJson, PLACES, projected, resourceJson } from './resource.js';
import { readGroup, readUser } from './schema.js';

/** A request whose sender is who they say; `body` is parsed JSON, null without one. */
export interface ScimRequest {
  readonly method: string;
  /** The path below `/scim/v2`, in its parts. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
  /** The address of `/scim/v2` as the sender sees it. */
  readonly base: string;
}

/** What is answered; `json` null is an answer without a body. */
export interface ScimAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> | null;
  readonly etag?: string;
  readonly location?: string;
}

/** More resources than a company has. */
const MOST_SEARCHED = 1_000_000;

type Kind = ProvisionedResource['kind'];

/** Answers one request. @throws ScimFault or AppError for everything that is refused. */
export async function answerScim(backend: ScimBackend, request: ScimRequest): Promise<ScimAnswer> {
  const [place, id, ...more] = request.path;
  const kind = (['user', 'group'] as const).find(
    (each) => PLACES[each].toLowerCase() === place?.toLowerCase(),
  );
  if (kind === undefined) return describe(request);
  if (more.length > 0) throw notFound();
  if (id === undefined) return answerAll(backend, request, kind);
  const held = await backend.find(kind, id);
  if (held === null) throw new ScimFault(404, null, `There is no ${kind} ${id.slice(0, 100)}.`);
  return answerOne(backend, request, held);
}

function describe({ method, path, base }: ScimRequest): ScimAnswer {
  const json = describeService(path, base);
  if (json === null) throw notFound();
  if (method !== 'GET') throw notAllowed();
  return { status: 200, json };
}

async function answerAll(backend: ScimBackend, request: ScimRequest, kind: Kind): Promise<ScimAnswer> {
  switch (request.method) {
    case 'GET':
      return list(backend, request, kind);
    case 'POST': {
      const saved = await save(backend, { kind, held: null, json: request.body });
      return {
        ...shown(saved, request),
        status: 201,
        location: `${request.base}/${PLACES[kind]}/${saved.id}`,
      };
    }
    default:
      throw notAllowed();
  }
}

async function answerOne(
  backend: ScimBackend,
  request: ScimRequest,
  held: ProvisionedResource,
): Promise<ScimAnswer> {
  const { method, ifMatch, ifNoneMatch } = request;
  if (method === 'GET') {
    if (ifNoneMatch === etagOf(held)) return { status: 304, json: null, etag: etagOf(held) };
    return shown(held, request);
  }
  if (ifMatch !== null && ifMatch !== '*' && ifMatch !== etagOf(held))
    throw new ScimFault(412, null, 'The resource has changed since it was read; read it again.');
  switch (method) {
    case 'PUT':
      return shown(await save(backend, { kind: held.kind, held, json: request.body }), request);
    case 'PATCH': {
      const patch = PatchRequest.safeParse(request.body);
      if (!patch.success)
        throw new ScimFault(
          400,
          'invalidSyntax',
          'A PATCH needs Operations, each to add, replace or remove.',
        );
      const json = applyPatch(held.document, patch.data.Operations);
      return shown(await save(backend, { kind: held.kind, held, json }), request);
    }
    case 'DELETE':
      await backend.end(held);
      return { status: 204, json: null };
    default:
      throw notAllowed();
  }
}

async function save(
  backend: ScimBackend,
  { kind, held, json }: { kind: Kind; held: ProvisionedResource | null; json: unknown },
): Promise<ProvisionedResource> {
  return kind === 'user'
    ? backend.saveUser({ held, ...readUser(json) })
    : backend.saveGroup({ held, ...readGroup(json) });
}

function shown(resource: ProvisionedResource, { base, query }: ScimRequest): ScimAnswer {
  return { status: 200, json: projected(resourceJson(resource, base), query), etag: etagOf(resource) };
}

async function list(backend: ScimBackend, { query, base }: ScimRequest, kind: Kind): Promise<ScimAnswer> {
  const startIndex = Math.max(1, wholeNumber(query.get('startIndex')) ?? 1);
  const limit = Math.min(MOST_RESULTS, Math.max(0, wholeNumber(query.get('count')) ?? MOST_RESULTS));
  const filter = query.get('filter');
  const wanted = filter === null || filter === '' ? null : readSearch(filter, kind);
  const offset = startIndex - 1;
  const page =
    wanted === null
      ? await backend.list({ kind, offset, limit })
      : await search(backend, wanted, { kind, offset, limit });
  const resources = page.resources.map((resource) => projected(resourceJson(resource, base), query));
  return { status: 200, json: listJson({ total: page.total, startIndex, resources }) };
}

/** What providers look resources up by. */
interface Search {
  name?: string;
  externalId?: string;
  id?: string;
  member?: string;
}

const SEARCHED: Readonly<Record<Kind, ReadonlyMap<string, keyof Search>>> = {
  user: new Map([
    ['userName', 'name'],
    ['externalId', 'externalId'],
    ['id', 'id'],
  ]),
  group: new Map([
    ['displayName', 'name'],
    ['externalId', 'externalId'],
    ['id', 'id'],
    ['members', 'member'],
    ['members.value', 'member'],
  ]),
};

/** @throws ScimFault 400 `invalidFilter` for attributes that nobody looks resources up by. */
function readSearch(filter: string, kind: Kind): Search {
  const wanted: Search = {};
  for (const { attribute, value } of parseFilter(filter)) {
    const key = SEARCHED[kind].get(attribute);
    if (key === undefined || wanted[key] !== undefined) {
      const known = [...SEARCHED[kind].keys()].join(', ');
      throw new ScimFault(
        400,
        'invalidFilter',
        `A ${kind} is found by ${known}, each once; not by ${attribute}.`,
      );
    }
    wanted[key] = key === 'name' && kind === 'user' ? String(value).toLowerCase() : String(value);
  }
  return wanted;
}

/** The store finds by name and external id; the few that providers ask by id or member are picked out here. */
async function search(
  backend: ScimBackend,
  { id, member, ...wanted }: Search,
  { kind, offset, limit }: ProvisionedQuery,
): Promise<ProvisionedPage> {
  if (id === undefined && member === undefined) return backend.list({ kind, ...wanted, offset, limit });
  const all = await backend.list({ kind, ...wanted, offset: 0, limit: MOST_SEARCHED });
  const found = all.resources.filter(
    (each) =>
      (id === undefined || each.id === id) &&
      (member === undefined || ('members' in each.facts && each.facts.members.includes(member))),
  );
  return { total: found.length, resources: found.slice(offset, offset + limit) };
}

function wholeNumber(text: string | null): number | null {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isInteger(value) ? value : null;
}

function notFound(): ScimFault {
  return new ScimFault(
    404,
    null,
    'There is nothing here; see /Users, /Groups, /ServiceProviderConfig, /ResourceTypes, /Schemas.',
  );
}

function notAllowed(): ScimFault {
  return new ScimFault(405, null, 'This cannot be done here.');
}
