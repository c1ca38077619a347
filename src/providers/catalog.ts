import { invalid } from '../core/base/errors.js';
import type { SourceSettings } from '../core/sources/feed.js';
import type { Connector, ProviderParts } from './connector.js';
import type { Provider } from './provider.js';
import { claudeCode } from './vendors/anthropic/claude-code/index.js';
import { consoleCsv } from './vendors/anthropic/console-csv/index.js';
import { claudeEnterprise } from './vendors/anthropic/enterprise/index.js';
import { anthropic } from './vendors/anthropic/index.js';
import { anthropicLegacy } from './vendors/anthropic/legacy/index.js';
import { cursorCsv } from './vendors/cursor/csv.js';
import { cursor } from './vendors/cursor/index.js';
import { devin } from './vendors/devin/index.js';
import { focusFile } from './vendors/focus-file/index.js';
import { copilotCsv } from './vendors/github-copilot/csv.js';
import { copilot } from './vendors/github-copilot/index.js';
import { huggingFace } from './vendors/hugging-face/index.js';
import { langfuse } from './vendors/langfuse/index.js';
import { liteLlm } from './vendors/litellm/index.js';
import { mistral } from './vendors/mistral/index.js';
import { openAi } from './vendors/openai/index.js';
import { openRouter } from './vendors/openrouter/index.js';
import { replit } from './vendors/replit/index.js';
import { tokenRecords } from './vendors/token-records/index.js';
import { windsurf } from './vendors/windsurf/index.js';

/** Every kind of source, in the order in which forms offer them. */
const CONNECTORS: readonly Connector[] = [
  anthropic,
  anthropicLegacy,
  claudeCode,
  consoleCsv,
  claudeEnterprise,
  openAi,
  replit,
  huggingFace,
  openRouter,
  devin,
  windsurf,
  cursor,
  mistral,
  copilot,
  cursorCsv,
  copilotCsv,
  liteLlm,
  langfuse,
  tokenRecords,
  focusFile,
];

/** Every kind that there is, as a form asks for one. */
export const SOURCE_KINDS = CONNECTORS.map(({ form }) => form);

/** @throws AppError `invalid` naming the source for an unknown kind or a setting that its kind needs. */
export function createProvider(source: SourceSettings, parts: ProviderParts): Provider {
  const connector = CONNECTORS.find(({ form }) => form.kind === source.kind);
  if (connector !== undefined) return connector.create(source, parts);
  const known = SOURCE_KINDS.map(({ kind }) => kind).join(', ');
  return invalid(`Source "${source.name}" is of kind "${source.kind}"; Apportion knows ${known}.`);
}
