/**
 * Parameters and group names of each endpoint that the fake has, from `openai` 7.59.0 (`resources/admin/organization`,
 * kept in test/contracts/openai.json, which a test compares with this).
 */
const BUCKETS = ['start_time', 'end_time', 'bucket_width', 'group_by', 'limit', 'page', 'project_ids'];
const USAGE = [...BUCKETS, 'api_key_ids', 'user_ids', 'models'];
const LISTED = ['after', 'limit'];
const BY_MODEL = ['project_id', 'user_id', 'api_key_id', 'model'];
const BY_TIER = [...BY_MODEL, 'batch', 'service_tier', 'api_source'];

/** What an endpoint takes; all others are refused. */
export interface Accepted {
  readonly parameters: readonly string[];
  /** Values of `group_by`. */
  readonly groups?: readonly string[];
  /** Most and usual buckets or items of a page. */
  readonly limit: { readonly max: number; readonly usual: number };
}

const DAYS = { max: 31, usual: 7 };
const ITEMS = { max: 100, usual: 20 };

/** By endpoint below `/v1/organization/`, ids left out. */
export const OPENAI_CONTRACT: Readonly<Record<string, Accepted>> = {
  costs: {
    parameters: [...BUCKETS, 'api_key_ids', 'line_items'],
    groups: ['project_id', 'user_id', 'line_item', 'api_key_id', 'api_source'],
    limit: { max: 180, usual: 7 },
  },
  'usage/completions': { parameters: [...USAGE, 'batch'], groups: BY_TIER, limit: DAYS },
  'usage/embeddings': { parameters: USAGE, groups: BY_MODEL, limit: DAYS },
  'usage/moderations': { parameters: USAGE, groups: BY_MODEL, limit: DAYS },
  'usage/images': {
    parameters: [...USAGE, 'sizes', 'sources'],
    groups: [...BY_MODEL, 'size', 'source'],
    limit: DAYS,
  },
  'usage/audio_speeches': { parameters: USAGE, groups: BY_MODEL, limit: DAYS },
  'usage/audio_transcriptions': { parameters: USAGE, groups: BY_MODEL, limit: DAYS },
  'usage/vector_stores': { parameters: BUCKETS, groups: ['project_id'], limit: DAYS },
  'usage/code_interpreter_sessions': { parameters: BUCKETS, groups: ['project_id'], limit: DAYS },
  'usage/file_search_calls': {
    parameters: [...BUCKETS, 'api_key_ids', 'user_ids', 'vector_store_ids'],
    groups: ['project_id', 'user_id', 'api_key_id', 'vector_store_id'],
    limit: DAYS,
  },
  'usage/web_search_calls': {
    parameters: [...USAGE, 'context_levels'],
    groups: [...BY_MODEL, 'context_level', 'api_source'],
    limit: DAYS,
  },
  'usage/decisions': { parameters: [...USAGE, 'batch'], groups: BY_TIER, limit: DAYS },
  projects: { parameters: [...LISTED, 'include_archived'], limit: ITEMS },
  'projects/api_keys': { parameters: [...LISTED, 'owner_project_access'], limit: ITEMS },
  'projects/service_accounts': { parameters: LISTED, limit: ITEMS },
  users: { parameters: [...LISTED, 'emails'], limit: ITEMS },
  admin_api_keys: { parameters: [...LISTED, 'order'], limit: ITEMS },
  audit_logs: {
    parameters: [
      ...LISTED,
      'before',
      'actor_emails',
      'actor_ids',
      'effective_at',
      'event_types',
      'project_ids',
      'resource_ids',
      'tenant_only',
    ],
    limit: ITEMS,
  },
};

/** Grouping costs by key is refused for days before it (issues of other tools). */
export const FIRST_DAY_BY_KEY = '2025-12-06';
