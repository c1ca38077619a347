import { z } from 'zod';
import type { RawResponse } from '../../../core/sources/feed.js';
import { openAccount, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig, HttpClient } from '../../http/http.js';
import { SEAT_OPTIONS } from '../../parts/seat-charges.js';

const Name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must be a name as in the address on GitHub');

/** Options of a source of kind `github-copilot`. */
export const CopilotOptions = z
  .strictObject({
    ...SEAT_OPTIONS,
    /** One of the two: whose bill it is. */
    organization: Name.optional(),
    enterprise: Name.optional(),
    /** Who bears an overage: all who used credits, by what they used in the month, or those above their own share. */
    overage: z.enum(['gross', 'above-included']).default('gross'),
    /** Questions for users x days at most; with more, users are asked for by month, or the daily reports tell. */
    maxUserDays: z.number().int().min(0).default(1000),
    /** E-mails by login, where there is no single sign-on that tells. */
    logins: z.record(z.string(), z.email()).default({}),
  })
  .refine(({ organization, enterprise }) => (organization === undefined) !== (enterprise === undefined), {
    message: 'name either an organization or an enterprise',
  });
export type CopilotOptions = z.infer<typeof CopilotOptions>;

/** What a connector needs to know. */
export interface CopilotConfig extends AdminKeyConfig {
  readonly options: CopilotOptions;
}

/** Whose bill is read, and under which paths. */
export interface Scope {
  readonly kind: 'organization' | 'enterprise';
  readonly name: string;
  /** Seats and metrics. */
  readonly copilot: string;
  /** Usage, credits, cost centres, reports. */
  readonly billing: string;
}

export function scopeOf({ organization, enterprise }: CopilotOptions): Scope {
  if (enterprise !== undefined) {
    const base = `/enterprises/${encodeURIComponent(enterprise)}`;
    const paths = { copilot: `${base}/copilot`, billing: `${base}/settings/billing` };
    return { kind: 'enterprise', name: enterprise, ...paths };
  }
  const name = organization ?? '';
  const encoded = encodeURIComponent(name);
  const paths = {
    copilot: `/orgs/${encoded}/copilot`,
    billing: `/organizations/${encoded}/settings/billing`,
  };
  return { kind: 'organization', name, ...paths };
}

const GITHUB = 'https://api.github.com';
const VERSION = '2022-11-28';

/** The account at the API. */
export function openGitHub(config: CopilotConfig): VendorAccess {
  return openAccount(config, {
    ...PROFILE,
    headers: {
      authorization: `Bearer ${config.adminKey}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': VERSION,
    },
    isPaced: true,
    keep: withoutSignatures,
  });
}

const PROFILE = {
  vendor: 'GitHub',
  address: GITHUB,
  credentialNeeded:
    'a token of an owner or billing manager that may read billing and Copilot seats (manage_billing:copilot, read:org or read:enterprise)',
};

/** A link to a report is signed: its parameters are a key to the file, so that they are not kept. */
function withoutSignatures(raw: RawResponse): RawResponse {
  if (typeof raw.body !== 'string' || !/"download_(links|urls)"/.test(raw.body)) return raw;
  return { ...raw, body: raw.body.replaceAll(/"(https?:[^"?]*)\?[^"]*"/g, '"$1"') };
}

/**
 * A client and a path for a link that an answer names. The credential goes to GitHub itself only, and never with a
 * signed link. A company that configures an address of its own (a proxy) gets GitHub's other hosts through it too.
 */
export function clientOf(
  config: CopilotConfig,
  link: string,
): { readonly client: HttpClient; readonly endpoint: string; readonly query: [string, string][] } {
  const base = new URL(config.baseUrl ?? GITHUB);
  const url = new URL(link, base);
  const isGithub = url.hostname === 'github.com' || url.hostname.endsWith('.github.com');
  const origin = isGithub && config.baseUrl !== undefined ? base.origin : url.origin;
  const isOwn = origin === base.origin || (isGithub && url.protocol === 'https:');
  const headers: Record<string, string> =
    isOwn && url.search === '' ? { authorization: `Bearer ${config.adminKey}` } : {};
  const account = openAccount(
    { ...config, baseUrl: origin },
    { ...PROFILE, headers: { accept: '*/*', ...headers } },
  );
  return { client: account.http, endpoint: url.pathname, query: [...url.searchParams] };
}
