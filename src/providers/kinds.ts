import type { SourceKind, SourceOption } from '../core/source-kind.js';

function api(
  kind: string,
  label: string,
  credential: string,
  options: readonly SourceOption[] = [],
): SourceKind {
  return { kind, label, credential, needsPath: false, needsBaseUrl: false, options };
}

/**
 * What a form asks for, by kind of source. Every kind of `catalog.ts` has a line here (a test sees to it); options that
 * only a file can hold (lists, maps) stay in apportion.yml.
 */
export const SOURCE_KINDS: readonly SourceKind[] = [
  api(
    'anthropic',
    'Anthropic (Usage & Cost Analytics)',
    'An Admin API key, or an analytics key with read:analytics',
  ),
  api('anthropic-legacy', 'Anthropic (older cost report)', 'An Admin API key of the organisation'),
  api('openai', 'OpenAI platform', 'An admin key of the organisation (sk-admin-…)'),
  api('replit', 'Replit Enterprise', 'An Admin API key (rpl_…)'),
  {
    kind: 'focus-file',
    label: 'FOCUS bill (CSV or .csv.gz)',
    credential: null,
    needsPath: true,
    needsBaseUrl: false,
    options: [],
  },
];
