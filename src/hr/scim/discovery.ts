import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from './path.js';
import { listJson } from './resource.js';

type Json = Readonly<Record<string, unknown>>;

const SCHEMA_URN = 'urn:ietf:params:scim:schemas:core:2.0:Schema';

/** The most resources one list answers. */
export const MOST_RESULTS = 200;

function attribute(name: string, more: Json = {}): Json {
  return {
    name,
    type: 'string',
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  };
}

function complex(name: string, parts: readonly Json[], multiValued = false): Json {
  return attribute(name, { type: 'complex', multiValued, subAttributes: parts });
}

/** The schemas of what is kept; other attributes may be sent and are dropped. */
const SCHEMAS: readonly Json[] = [
  {
    id: USER_SCHEMA,
    name: 'User',
    description: 'A person or service account',
    attributes: [
      attribute('userName', { required: true, uniqueness: 'server' }),
      attribute('displayName'),
      complex(
        'name',
        ['formatted', 'givenName', 'familyName'].map((name) => attribute(name)),
      ),
      complex(
        'emails',
        [attribute('value'), attribute('type'), attribute('primary', { type: 'boolean' })],
        true,
      ),
      attribute('active', { type: 'boolean' }),
      attribute('userType'),
    ],
  },
  {
    id: ENTERPRISE_SCHEMA,
    name: 'EnterpriseUser',
    description: 'Where a person belongs',
    attributes: [
      attribute('department'),
      attribute('costCenter'),
      complex('manager', [attribute('value'), attribute('displayName')]),
    ],
  },
  {
    id: GROUP_SCHEMA,
    name: 'Group',
    description: 'A group, which may be a team',
    attributes: [
      attribute('displayName', { required: true }),
      complex('members', [attribute('value'), attribute('display')], true),
    ],
  },
];

const TYPES: readonly Json[] = [
  {
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    schema: USER_SCHEMA,
    schemaExtensions: [{ schema: ENTERPRISE_SCHEMA, required: false }],
  },
  { id: 'Group', name: 'Group', endpoint: '/Groups', schema: GROUP_SCHEMA },
];

const NOT_SUPPORTED = { supported: false };

function serviceProviderConfig(base: string): Json {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MOST_RESULTS },
    changePassword: NOT_SUPPORTED,
    sort: NOT_SUPPORTED,
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'The token that the administrator of Apportion has set',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

/** The descriptive endpoints; `rest` is the path below `/scim/v2`. Null when there is no such thing. */
export function describeService(rest: readonly string[], base: string): Json | null {
  const [place, id, ...more] = rest;
  if (more.length > 0) return null;
  const found = (items: readonly Json[], urn: string): Json | null => {
    const dressed = items.map((item): Json => {
      const location = `${base}/${place ?? ''}/${String(item['id'])}`;
      return { schemas: [urn], ...item, meta: { resourceType: urn.split(':').at(-1), location } };
    });
    if (id === undefined) return listJson({ total: dressed.length, startIndex: 1, resources: dressed });
    return dressed.find((item) => item['id'] === id) ?? null;
  };
  if (place === 'ServiceProviderConfig') return id === undefined ? serviceProviderConfig(base) : null;
  if (place === 'Schemas') return found(SCHEMAS, SCHEMA_URN);
  if (place === 'ResourceTypes') return found(TYPES, 'urn:ietf:params:scim:schemas:core:2.0:ResourceType');
  return null;
}
