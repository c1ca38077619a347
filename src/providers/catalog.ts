import { z } from 'zod';
import { invalid } from '../core/base/errors.js';
import type { AdminKeyConfig, HttpOptions } from './http/http.js';
import { kindsWithForms } from './kinds.js';
import type { Provider } from './provider.js';
import { createClaudeCodeProvider } from './vendors/anthropic/claude-code/index.js';
import { ConsoleCsvOptions, createConsoleCsvProvider } from './vendors/anthropic/console-csv/index.js';
import { createClaudeEnterpriseProvider, EnterpriseOptions } from './vendors/anthropic/enterprise/index.js';
import { AnthropicOptions, createAnthropicProvider } from './vendors/anthropic/index.js';
import { createAnthropicLegacyProvider } from './vendors/anthropic/legacy/index.js';
import { CursorCsvOptions, createCursorCsvProvider } from './vendors/cursor/csv.js';
import { CursorOptions, createCursorProvider } from './vendors/cursor/index.js';
import { createDevinProvider } from './vendors/devin/index.js';
import { DevinOptions } from './vendors/devin/schema.js';
import { createFocusFileProvider } from './vendors/focus-file/index.js';
import { CopilotCsvOptions, createCopilotCsvProvider } from './vendors/github-copilot/csv.js';
import { CopilotOptions, createCopilotProvider } from './vendors/github-copilot/index.js';
import { createHuggingFaceProvider } from './vendors/hugging-face/index.js';
import { HuggingFaceOptions } from './vendors/hugging-face/schema.js';
import { createLangfuseProvider } from './vendors/langfuse/index.js';
import { LangfuseOptions } from './vendors/langfuse/schema.js';
import { createLiteLlmProvider } from './vendors/litellm/index.js';
import { LiteLlmOptions } from './vendors/litellm/schema.js';
import { createMistralProvider } from './vendors/mistral/index.js';
import { createOpenAiProvider, OpenAiOptions } from './vendors/openai/index.js';
import { createOpenRouterProvider } from './vendors/openrouter/index.js';
import { OpenRouterOptions } from './vendors/openrouter/schema.js';
import { createReplitProvider } from './vendors/replit/index.js';
import { createTokenRecordProvider } from './vendors/token-records/index.js';
import { TokenRecordOptions } from './vendors/token-records/schema.js';
import { createWindsurfProvider } from './vendors/windsurf/index.js';
import { WindsurfOptions } from './vendors/windsurf/schema.js';

/** A configured source, its credential already resolved. */
export interface SourceEntry {
  readonly name: string;
  readonly kind: string;
  readonly credential: string | null;
  readonly baseUrl: string | null;
  readonly path: string | null;
  /** Settings of the kind alone (an organisation's name, a seat's price ...); each kind checks its own. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What every connector is handed besides its source. */
export interface ProviderParts {
  readonly clock: () => number;
  readonly http?: HttpOptions;
}

type Factory = (source: SourceEntry, parts: ProviderParts) => Provider;

/** Every kind of source: one line each. */
const PROVIDER_KINDS: ReadonlyMap<string, Factory> = new Map<string, Factory>([
  [
    'anthropic',
    (source, parts) =>
      createAnthropicProvider(withAdminKey(source, parts), readOptions(source, AnthropicOptions)),
  ],
  ['anthropic-legacy', (source, parts) => createAnthropicLegacyProvider(withAdminKey(source, parts))],
  ['anthropic-claude-code', (source, parts) => createClaudeCodeProvider(withAdminKey(source, parts))],
  [
    'anthropic-console-csv',
    (source, { clock }) =>
      createConsoleCsvProvider(withPath(source, clock), readOptions(source, ConsoleCsvOptions)),
  ],
  [
    'claude-enterprise',
    (source, parts) =>
      createClaudeEnterpriseProvider(withAdminKey(source, parts), readOptions(source, EnterpriseOptions)),
  ],
  [
    'openai',
    (source, parts) => createOpenAiProvider(withAdminKey(source, parts), readOptions(source, OpenAiOptions)),
  ],
  ['replit', (source, parts) => createReplitProvider(withAdminKey(source, parts))],
  [
    'hugging-face',
    (source, parts) =>
      createHuggingFaceProvider({
        ...withAdminKey(source, parts),
        options: readOptions(source, HuggingFaceOptions),
      }),
  ],
  [
    'openrouter',
    (source, parts) =>
      createOpenRouterProvider({
        ...withAdminKey(source, parts),
        options: readOptions(source, OpenRouterOptions),
      }),
  ],
  [
    'devin',
    (source, parts) =>
      createDevinProvider({ ...withAdminKey(source, parts), options: readOptions(source, DevinOptions) }),
  ],
  [
    'windsurf',
    (source, parts) =>
      createWindsurfProvider({
        ...withAdminKey(source, parts),
        options: readOptions(source, WindsurfOptions),
      }),
  ],
  [
    'cursor',
    (source, parts) =>
      createCursorProvider({ ...withAdminKey(source, parts), options: readOptions(source, CursorOptions) }),
  ],
  ['mistral', (source, parts) => createMistralProvider(withAdminKey(source, parts))],
  [
    'github-copilot',
    (source, parts) =>
      createCopilotProvider({ ...withAdminKey(source, parts), options: readOptions(source, CopilotOptions) }),
  ],
  [
    'cursor-csv',
    (source, { clock }) =>
      createCursorCsvProvider({ ...withPath(source, clock), options: readOptions(source, CursorCsvOptions) }),
  ],
  [
    'github-copilot-csv',
    (source, { clock }) =>
      createCopilotCsvProvider({
        ...withPath(source, clock),
        options: readOptions(source, CopilotCsvOptions),
      }),
  ],
  [
    'litellm',
    (source, parts) =>
      createLiteLlmProvider({
        ...withAdminKey(source, parts),
        baseUrl:
          source.baseUrl ??
          invalid(`Source "${source.name}" of kind litellm needs a baseUrl: where the proxy is.`),
        options: readOptions(source, LiteLlmOptions),
      }),
  ],
  [
    'langfuse',
    (source, parts) =>
      createLangfuseProvider({
        ...withAdminKey(source, parts),
        options: readOptions(source, LangfuseOptions),
      }),
  ],
  [
    'token-records',
    (source, { clock }) =>
      createTokenRecordProvider({
        ...withPath(source, clock),
        options: readOptions(source, TokenRecordOptions),
      }),
  ],
  ['focus-file', (source, { clock }) => createFocusFileProvider(withPath(source, clock))],
]);

/** Every kind that there is, as a form asks for one. */
export const SOURCE_KINDS = kindsWithForms([...PROVIDER_KINDS.keys()]);

/** @throws AppError `invalid` naming the source for an unknown kind or a setting that its kind needs. */
export function createProvider(source: SourceEntry, parts: ProviderParts): Provider {
  const create = PROVIDER_KINDS.get(source.kind);
  if (create === undefined) {
    const known = [...PROVIDER_KINDS.keys()].join(', ');
    return invalid(`Source "${source.name}" is of kind "${source.kind}"; Apportion knows ${known}.`);
  }
  return create(source, parts);
}

/** The configuration of a connector that talks HTTP with an admin key. */
function withAdminKey(
  { name, kind, credential, baseUrl }: SourceEntry,
  parts: ProviderParts,
): AdminKeyConfig {
  const adminKey =
    credential ??
    invalid(
      `Source "${name}" of kind ${kind} needs a credential, for instance env:${kind.toUpperCase().replaceAll('-', '_')}_ADMIN_KEY.`,
    );
  return { ...parts, source: name, adminKey, baseUrl: baseUrl ?? undefined };
}

/**
 * The options of a source, checked by its kind's schema.
 * @throws AppError `invalid` naming source, option and what is wrong with it.
 */
function readOptions<T>({ name, kind, options }: SourceEntry, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = z.core.toDotPath(issue?.path ?? []);
  const what = option === '' ? 'its options' : `the option ${option}`;
  return invalid(`Source "${name}" of kind ${kind}: ${what}: ${issue?.message ?? 'unreadable'}.`);
}

/** The configuration of a connector that reads a file. */
function withPath({ name, kind, path }: SourceEntry, clock: () => number) {
  return { source: name, path: path ?? invalid(`Source "${name}" of kind ${kind} needs a path.`), clock };
}
