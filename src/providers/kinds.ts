import type { SourceKind, SourceOption } from '../core/sources/kind.js';

const SEAT_PRICE = text('seatPrice', 'Price of a seat a month', 'From the contract, for instance 40');

function text(name: string, label: string, hint: string, isRequired = false): SourceOption {
  return { name, label, hint, isRequired };
}

function api(label: string, credential: string, options: readonly SourceOption[] = []): Form {
  return { label, credential, needsPath: false, needsBaseUrl: false, options };
}

function file(label: string): Form {
  return { label, credential: null, needsPath: true, needsBaseUrl: false, options: [] };
}

type Form = Omit<SourceKind, 'kind'>;

/** What a form asks for, by kind of source. Further settings go into the form's free lines. */
const FORMS: Readonly<Record<string, Form>> = {
  anthropic: api(
    'Anthropic: Usage & Cost Analytics',
    'An Admin API key, or an analytics key with read:analytics',
  ),
  'anthropic-legacy': api('Anthropic: older cost report', 'An Admin API key of the organisation'),
  'anthropic-claude-code': api('Claude Code report (who, no money)', 'An Admin API key of the organisation'),
  'claude-enterprise': api('Claude Enterprise', 'An analytics key with read:analytics', [SEAT_PRICE]),
  openai: api('OpenAI platform', 'An admin key of the organisation (sk-admin-…)', [
    text('organizationId', 'Organisation', 'As on its bills (org-…); only where there are several'),
  ]),
  cursor: api('Cursor', 'An Admin API key of the team (crsr_…)', [SEAT_PRICE]),
  'github-copilot': api('GitHub Copilot', 'A token that may read billing and Copilot seats', [
    text('organization', 'Organisation', 'As in github.com/NAME'),
  ]),
  replit: api('Replit Enterprise', 'An Admin API key (rpl_…)'),
  'hugging-face': api('Hugging Face', 'A token that may read billing (hf_…)', [
    text('organization', 'Organisation', 'As in huggingface.co/NAME', true),
    SEAT_PRICE,
  ]),
  openrouter: api('OpenRouter credits', 'A management key'),
  devin: api('Devin', 'An API key of an enterprise admin', [
    text('acuPrice', 'Price of an ACU', 'From the contract, for instance 2.25', true),
  ]),
  windsurf: api('Windsurf', 'A service key', [SEAT_PRICE]),
  litellm: {
    ...api('LiteLLM proxy (who, no money)', 'The master key, or one with get_spend_routes'),
    needsBaseUrl: true,
  },
  langfuse: api('Langfuse project (who, no money)', 'The key pair of the project, pk-lf-…:sk-lf-…'),
  mistral: api('Mistral', 'An Admin API key (Enterprise)'),
  'token-records': file('Token records (*.jsonl.gz; who, no money)'),
  'anthropic-console-csv': file('Claude Console cost and usage exports (CSV)'),
  'cursor-csv': file('Cursor usage export (CSV)'),
  'github-copilot-csv': file('GitHub Copilot usage report (CSV)'),
  'focus-file': file('FOCUS bill (CSV or .csv.gz)'),
};

/** The forms of the kinds that the catalog knows; one without a form of its own is asked for by credential. */
export function kindsWithForms(kinds: readonly string[]): readonly SourceKind[] {
  return kinds.map((kind) => ({ kind, ...(FORMS[kind] ?? api(kind, "The vendor's key or token")) }));
}
