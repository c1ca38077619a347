import type { Day } from '../../../core/base/time.js';
import type { UsageResult } from './schema.js';

const BY_KEY = ['project_id', 'api_key_id', 'user_id'];
const BY_MODEL = [...BY_KEY, 'model'];
const BY_TIER = [...BY_MODEL, 'batch', 'service_tier', 'api_source'];

/** Every usage endpoint with the groups that it takes and we use (SDK 7.59, test/contracts/openai.json). */
export const USAGE_ENDPOINTS: readonly { readonly name: string; readonly groups: readonly string[] }[] = [
  { name: 'completions', groups: BY_TIER },
  { name: 'embeddings', groups: BY_MODEL },
  { name: 'moderations', groups: BY_MODEL },
  { name: 'audio_speeches', groups: BY_MODEL },
  { name: 'audio_transcriptions', groups: BY_MODEL },
  { name: 'images', groups: [...BY_MODEL, 'size'] },
  { name: 'web_search_calls', groups: [...BY_MODEL, 'api_source'] },
  { name: 'file_search_calls', groups: [...BY_KEY, 'vector_store_id'] },
  { name: 'vector_stores', groups: ['project_id'] },
  { name: 'code_interpreter_sessions', groups: ['project_id'] },
  // Not in every organisation yet: its absence is no news.
  { name: 'decisions', groups: BY_TIER },
];

/** What a usage row counts and a line item bills. */
export type Family =
  | 'input'
  | 'cached input'
  | 'cache write'
  | 'output'
  | 'audio input'
  | 'cached audio'
  | 'audio output'
  | 'image input'
  | 'cached image'
  | 'image output'
  | 'images'
  | 'characters'
  | 'seconds'
  | 'web search'
  | 'file search'
  | 'sessions'
  | 'storage';

/** One count of one usage row. */
export interface UsageCount {
  readonly day: Day;
  readonly projectId: string | null;
  readonly apiKeyId: string | null;
  readonly userId: string | null;
  readonly model: string | null;
  /** `batch`, or the vendor's name of a tier; null is the usual service. */
  readonly tier: string | null;
  readonly size: string | null;
  /** Null where the vendor has no label (`unlabeled`) or the endpoint does not tell. */
  readonly apiSource: string | null;
  readonly vectorStoreId: string | null;
  readonly family: Family;
  readonly quantity: number;
}

/** Counts of the rows of one endpoint, zeros left out. */
export function toCounts(
  endpoint: string,
  rows: readonly (UsageResult & { readonly day: Day })[],
): readonly UsageCount[] {
  return rows.flatMap((row) =>
    measures(endpoint, row).flatMap(([family, quantity]): UsageCount[] =>
      quantity <= 0
        ? []
        : [
            {
              day: row.day,
              projectId: row.project_id || null,
              apiKeyId: row.api_key_id || null,
              userId: row.user_id || null,
              model: row.model || null,
              tier: tierOf(row),
              size: row.size || null,
              apiSource: apiSourceOf(row),
              vectorStoreId: row.vector_store_id || null,
              family,
              quantity,
            },
          ],
    ),
  );
}

/** Which API a request came by, as far as the vendor labels it: `agents_api`; null for the rest. */
export function apiSourceOf({ api_source: label }: Pick<UsageResult, 'api_source'>): string | null {
  return !label || label === 'unlabeled' ? null : label;
}

/** Null for the usual service, whatever it is called. */
function tierOf({ batch, service_tier: tier }: UsageResult): string | null {
  if (batch === true) return 'batch';
  return !tier || ['default', 'auto', 'standard'].includes(tier) ? null : tier;
}

function measures(endpoint: string, row: UsageResult): readonly (readonly [Family, number])[] {
  switch (endpoint) {
    case 'images':
      return [['images', row.images ?? 0]];
    case 'audio_speeches':
      return [['characters', row.characters ?? 0]];
    case 'audio_transcriptions':
      return [['seconds', row.seconds ?? 0]];
    case 'vector_stores':
      return [['storage', row.usage_bytes ?? 0]];
    case 'code_interpreter_sessions':
      return [['sessions', row.num_sessions ?? 0]];
    case 'file_search_calls':
      return [['file search', row.num_requests ?? 0]];
    case 'web_search_calls':
      return [['web search', row.num_requests ?? 0]];
    default:
      return tokenMeasures(row);
  }
}

/** `input_tokens` is the total: what is cached and written is taken off where the row does not say the rest itself. */
function tokenMeasures(row: UsageResult): readonly (readonly [Family, number])[] {
  const cached = row.input_cached_tokens ?? 0;
  const written = row.input_cache_write_tokens ?? 0;
  const uncached = row.input_uncached_tokens ?? Math.max(0, (row.input_tokens ?? 0) - cached - written);
  const [audio, image] = [row.input_audio_tokens ?? 0, row.input_image_tokens ?? 0];
  const [cachedAudio, cachedImage] = [row.input_cached_audio_tokens ?? 0, row.input_cached_image_tokens ?? 0];
  const [audioOut, imageOut] = [row.output_audio_tokens ?? 0, row.output_image_tokens ?? 0];
  return [
    ['input', Math.max(0, uncached - audio - image)],
    ['audio input', audio],
    ['image input', image],
    ['cached input', Math.max(0, cached - cachedAudio - cachedImage)],
    ['cached audio', cachedAudio],
    ['cached image', cachedImage],
    ['cache write', written],
    ['output', Math.max(0, (row.output_tokens ?? 0) - audioOut - imageOut)],
    ['audio output', audioOut],
    ['image output', imageOut],
  ];
}

/** Token kinds of line items; keys without "tokens", words sorted. */
const TOKEN_FAMILIES: Readonly<Record<string, Family>> = {
  input: 'input',
  'cached input': 'cached input',
  'cache read input': 'cached input',
  'cache input write': 'cache write',
  output: 'output',
  'audio input': 'audio input',
  'audio cached input': 'cached audio',
  'audio output': 'audio output',
  'image input': 'image input',
  'cached image input': 'cached image',
  'image output': 'image output',
};

/** What a line item bills, as far as its free text tells; null: nothing that usage is known of. */
export function familyOf(lineItem: string, unit: string | null | undefined): Family | null {
  const text = lineItem.toLowerCase().replaceAll(/[_\s]+/g, ' ');
  const kind = text
    .slice(text.lastIndexOf(',') + 1)
    .replace(/ tokens?$/, '')
    .trim()
    .split(' ')
    .filter((word) => word !== 'text')
    .toSorted()
    .join(' ');
  const tokens = TOKEN_FAMILIES[kind];
  if (tokens !== undefined) return tokens;
  if (text.includes('web search')) return 'web search';
  if (/storage|vector store/.test(text)) return 'storage';
  if (text.includes('file search')) return 'file search';
  if (/code interpreter|container|session/.test(text)) return 'sessions';
  if (unit === 'images') return 'images';
  if (unit === 'characters') return 'characters';
  return unit?.startsWith('duration_') === true ? 'seconds' : null;
}
