/** Between the parts of a key; stands in no value. */
export const SEPARATOR = '\u0000';

/** The vendor's words for what was bought; null where it does not tell. */
export interface What {
  readonly model: string | null;
  readonly serviceTier: string | null;
  readonly costType: string | null;
  readonly tokenType: string | null;
  readonly contextWindow?: string | null;
  readonly inferenceGeo?: string | null;
  readonly speed?: string | null;
  readonly product?: string | null;
}

/** Meter and FOCUS 1.5-draft token keys of each token type (docs/vendors.md#anthropic). */
const TOKEN_METERS: Readonly<Record<string, { meter: string; direction: string; cache: string | null }>> = {
  uncached_input_tokens: { meter: 'Input Tokens', direction: 'Input', cache: 'Uncached' },
  'cache_creation.ephemeral_5m_input_tokens': {
    meter: 'Cache Write Input Tokens',
    direction: 'Input',
    cache: 'Write',
  },
  'cache_creation.ephemeral_1h_input_tokens': {
    meter: 'Cache Write Input Tokens',
    direction: 'Input',
    cache: 'Write',
  },
  cache_read_input_tokens: { meter: 'Cache Read Input Tokens', direction: 'Input', cache: 'Read' },
  output_tokens: { meter: 'Output Tokens', direction: 'Output', cache: null },
};
const OTHER_METERS: Readonly<Record<string, string>> = {
  web_search: 'Web Searches',
  code_execution: 'Code Execution',
  session_usage: 'Session Usage',
  unknown: 'Usage',
};

/** A service as FOCUS wants it: one category per service name. */
export interface Service {
  readonly serviceName: string;
  readonly serviceCategory: string;
  readonly sub: string;
}

const CODE: Service = {
  serviceName: 'Claude Code',
  serviceCategory: 'Developer Tools',
  sub: 'Development Environments',
};
const API = ai('Claude API');
/** Products of the analytics reports; the legacy reports write `claude-tag`, the new ones `claude_tag`. */
const PRODUCTS: Readonly<Record<string, Service>> = {
  claude_code: CODE,
  claude_console: API,
  messages_api: API,
  message_batches_api: API,
  managed_agents_api: ai('Claude Managed Agents'),
  chat: ai('Claude Chat'),
  chat_cowork_unified: ai('Claude Chat and Cowork'),
  claude_in_chrome: ai('Claude in Chrome'),
};

function ai(serviceName: string): Service {
  return { serviceName, serviceCategory: 'AI and Machine Learning', sub: 'Generative AI' };
}

/**
 * The service of a product, where the report tells it; a product of tomorrow is called after its own name. Otherwise
 * Claude Code is known by the workspace of that name, which the vendor makes for it by itself.
 */
export function serviceOf(product: string | null, workspaceName: string | null): Service {
  if (product === null) return workspaceName === CODE.serviceName ? CODE : API;
  const name = product.replaceAll('-', '_');
  const known = PRODUCTS[name];
  if (known !== undefined) return known;
  const words = name.replace(/^claude_/, '').split('_');
  return ai(['Claude', ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join(' '));
}

/** What was bought, as FOCUS names it. */
export interface Sku {
  readonly id: string;
  readonly meter: string;
  /** SkuPriceDetails. */
  readonly details: Readonly<Record<string, string>>;
}

/** Values that cost the plain price: an id without them is the same in reports that do not tell them. */
const PLAIN: ReadonlySet<string> = new Set(['0-200k', 'global', 'not_available', 'standard']);

function special(value: string | null | undefined): readonly string[] {
  return value === null || value === undefined || PLAIN.has(value) ? [] : [value];
}

/** The SKU: `model|token type|tier`, then the context window, region and speed that cost another price. */
export function describeSku(what: What): Sku {
  const { model, serviceTier, tokenType, costType, contextWindow, inferenceGeo, speed, product } = what;
  const kind = tokenType ?? costType ?? 'unknown';
  const token = TOKEN_METERS[tokenType ?? ''];
  const dear = [contextWindow, inferenceGeo, speed].flatMap(special);
  return {
    id: [model ?? 'none', kind, serviceTier ?? 'none', ...dear].join('|'),
    meter: TOKEN_METERS[kind]?.meter ?? OTHER_METERS[kind] ?? kind,
    details: {
      x_ModelDeveloper: 'Anthropic',
      ...(model !== null && { x_ModelId: model }),
      ...(token !== undefined && { x_TokenDirection: token.direction }),
      ...(token?.cache && { x_TokenCacheAction: token.cache }),
      ...(serviceTier !== null && { x_ServiceTier: serviceTier }),
      ...(contextWindow && { x_ContextWindow: contextWindow }),
      ...(inferenceGeo && { x_InferenceGeo: inferenceGeo }),
      ...(speed && { x_Speed: speed }),
      ...(product && { x_Product: product }),
    },
  };
}
