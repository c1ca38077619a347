import type { Day } from '../../core/base/time.js';

/**
 * Token types of the Anthropic cost feed.
 * @internal The data sets of the tests have every type.
 */
export const ANTHROPIC_TOKEN_TYPES = [
  'uncached_input_tokens',
  'cache_creation.ephemeral_5m_input_tokens',
  'cache_creation.ephemeral_1h_input_tokens',
  'cache_read_input_tokens',
  'output_tokens',
] as const;
export type AnthropicTokenType = (typeof ANTHROPIC_TOKEN_TYPES)[number];

export type AnthropicActor =
  | {
      readonly type: 'user_actor';
      readonly user_id: string;
      readonly email_address: string | null;
      readonly name: string;
      readonly deleted: boolean;
    }
  | { readonly type: 'service_account_actor'; readonly service_account_id: string }
  | { readonly type: 'api_actor'; readonly api_key_id: string };

/** One day of one (actor, key, workspace, model, tier): tokens, and money in cents as decimal strings. */
export interface AnthropicUsage {
  readonly actor: AnthropicActor | null;
  readonly apiKeyId: string | null;
  readonly workspaceId: string | null;
  readonly model: string;
  readonly serviceTier: string;
  readonly requests: number;
  readonly lines: readonly {
    readonly tokenType: AnthropicTokenType;
    readonly tokens: number;
    readonly amountCents: string;
    readonly listCents: string;
  }[];
}

/** What a fake Anthropic organisation knows; the server pages and groups it as the real one does. */
export interface AnthropicDataset {
  readonly adminKey: string;
  readonly organizationId: string;
  readonly workspaces: readonly {
    readonly id: string;
    readonly name: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly archivedAt: string | null;
  }[];
  readonly apiKeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly workspaceId: string;
    readonly createdByUserId: string | null;
    readonly principal: AnthropicActor | null;
  }[];
  readonly users: readonly {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly role: string;
  }[];
  /** Usage of one UTC day in a stable order. */
  usage(day: Day): readonly AnthropicUsage[];
}

/** One cost line of one day; money in dollars as a decimal string. */
export interface OpenAiCost {
  readonly projectId: string;
  readonly apiKeyId: string | null;
  readonly userId: string | null;
  /** Free text as the vendor writes it: `gpt-6-sol, input_tokens`. */
  readonly lineItem: string;
  readonly amountUsd: string;
  readonly quantity: number | null;
  readonly quantityUnit: string | null;
  /** Absent: `unlabeled`. */
  readonly apiSource?: 'agents_api';
}

/** One row of a usage endpoint with all that it could be grouped by; `counts` are the vendor's own fields. */
export interface OpenAiUsage {
  readonly endpoint: string;
  readonly projectId: string;
  readonly apiKeyId: string | null;
  readonly userId: string | null;
  readonly model: string | null;
  readonly batch: boolean;
  readonly serviceTier: string;
  readonly size: string | null;
  readonly vectorStoreId?: string;
  /** Absent: `unlabeled`. */
  readonly apiSource?: 'agents_api';
  readonly counts: Readonly<Record<string, number>>;
}

/** An event of the audit log about an API key. */
export interface OpenAiKeyEvent {
  readonly id: string;
  readonly type: 'api_key.created' | 'api_key.updated' | 'api_key.deleted';
  readonly effectiveAt: number;
  readonly projectId: string;
  readonly keyId: string;
  readonly name: string | null;
  readonly actor: { readonly id: string; readonly email: string };
}

/** What a fake OpenAI organisation knows. */
export interface OpenAiDataset {
  readonly adminKey: string;
  readonly organizationId: string;
  readonly projects: readonly {
    readonly id: string;
    readonly name: string;
    readonly archivedAt: number | null;
    readonly apiKeys: readonly {
      readonly id: string;
      readonly name: string;
      readonly owner: {
        readonly type: 'user' | 'service_account';
        readonly id: string;
        readonly name: string;
        readonly email: string | null;
      };
    }[];
  }[];
  readonly users: readonly {
    readonly id: string;
    readonly email: string | null;
    readonly name: string;
    readonly isServiceAccount: boolean;
    /** Address and name stand in the nested `user` only. */
    readonly isNested?: boolean;
  }[];
  /** Costs of one UTC day in a stable order. */
  costs(day: Day): readonly OpenAiCost[];
  /** Usage of one UTC day; absent: every usage endpoint answers empty days. */
  usage?(day: Day): readonly OpenAiUsage[];
  readonly adminKeys?: readonly { readonly id: string; readonly name: string; readonly ownerId: string }[];
  /** Newest first, as the vendor lists them. */
  readonly keyEvents?: readonly OpenAiKeyEvent[];
}
