import type { z } from 'zod';
import type { Day } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import { UnexpectedForm } from '../../http/http.js';
import { toIdentity } from '../../parts/pull-parts.js';
import type { Asking } from './asking.js';
import type { CopilotFacts } from './facts.js';
import { type ExternalIdentity, SamlAnswer } from './schema.js';

const FIELDS = `samlIdentityProvider { externalIdentities(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes { samlIdentity { nameId } scimIdentity { username } user { login databaseId } }
} }`;
const QUERIES = {
  organization: `query($name: String!, $after: String) { organization(login: $name) { ${FIELDS} } }`,
  enterprise: `query($name: String!, $after: String) { enterprise(slug: $name) { ownerInfo { ${FIELDS} } } }`,
};

/** The bridge from logins to e-mails by single sign-on; no endpoint of Copilot names an e-mail. */
export async function fetchIdentities(asking: Asking): Promise<readonly ExternalIdentity[]> {
  const without = 'Logins have no e-mail then: name them in options.logins, or link them in the directory.';
  return (await asking.account.part({ is: 'names', without }, () => walkIdentities(asking))) ?? [];
}

async function walkIdentities({ account, scope }: Asking): Promise<readonly ExternalIdentity[]> {
  const found: ExternalIdentity[] = [];
  let after: string | null = null;
  for (let page = 0; page < account.http.maxPages; page += 1) {
    const variables: Readonly<Record<string, string | null>> = { name: scope.name, after };
    const answer: z.infer<typeof SamlAnswer> = await account.get({
      endpoint: '/graphql',
      schema: SamlAnswer,
      body: { query: QUERIES[scope.kind], variables },
    });
    const owner = answer.data?.organization ?? answer.data?.enterprise?.ownerInfo ?? null;
    const provider = owner?.samlIdentityProvider ?? null;
    if (provider === null) {
      const why = answer.errors?.[0]?.message.slice(0, 200) ?? 'there is none';
      throw new UnexpectedForm(`GitHub shows no single sign-on of ${scope.name} (${why.replace(/\.$/, '')})`);
    }
    const { nodes, pageInfo } = provider.externalIdentities;
    found.push(...nodes);
    after = pageInfo.endCursor ?? null;
    if (!pageInfo.hasNextPage || after === null) return found;
  }
  throw new UnexpectedForm('GitHub gave more pages of identities than can be');
}

/** The e-mail of a login, as far as single sign-on, the options or earlier pulls tell. */
export type EmailOf = (login: string) => string | null;

/** What is named in the options wins; then what GitHub says now; then what it once said. */
export function createEmails(
  { identities, seats }: Pick<CopilotFacts, 'identities' | 'seats'>,
  named: Readonly<Record<string, string>>,
  known: readonly VendorIdentity[],
): EmailOf {
  const emails = new Map<string, string>();
  for (const { id, email } of known) if (email !== null) emails.set(id.toLowerCase(), email);
  for (const { assignee } of seats) {
    const email = toEmail(assignee?.email);
    if (assignee && email !== null) emails.set(assignee.login.toLowerCase(), email);
  }
  const unlinked = new Map<string, string | null>();
  for (const { samlIdentity, scimIdentity, user } of identities) {
    const email = toEmail(samlIdentity?.nameId) ?? toEmail(scimIdentity?.username);
    if (email === null) continue;
    if (user) emails.set(user.login.toLowerCase(), email);
    else unlinked.set(stemOf(email), unlinked.has(stemOf(email)) ? null : email);
  }
  for (const [login, email] of Object.entries(named)) emails.set(login.toLowerCase(), email.toLowerCase());
  return (login) => emails.get(login.toLowerCase()) ?? managedEmail(login, unlinked);
}

/** Managed users are called by the local part of their address and the company's short code: `ana-ruiz_lksp`. */
function managedEmail(login: string, unlinked: ReadonlyMap<string, string | null>): string | null {
  const stem = /^(.+)_[a-z0-9]+$/i.exec(login)?.[1];
  return stem === undefined ? null : (unlinked.get(stem.toLowerCase()) ?? null);
}

function stemOf(email: string): string {
  return (email.split('@')[0] ?? '').replaceAll(/[^a-z0-9]+/g, '-');
}

function toEmail(text: string | null | undefined): string | null {
  const trimmed = text?.trim().toLowerCase() ?? '';
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(trimmed) ? trimmed : null;
}

/** Users by login, organisations as sub-accounts. */
export function toIdentities(
  facts: Pick<CopilotFacts, 'seats' | 'rows'>,
  emailOf: EmailOf,
  at: { readonly source: string; readonly seenOn: Day },
): readonly VendorIdentity[] {
  const identity = (part: Parameters<typeof toIdentity>[2]) => toIdentity(at.source, at.seenOn, part);
  const users = new Map(
    facts.seats.flatMap(({ assignee }) => (assignee ? [[assignee.login, assignee] as const] : [])),
  );
  const organizations = new Set(facts.rows.flatMap(({ organizationName: name }) => (name ? [name] : [])));
  return [
    ...[...users].map(([login, { id, name }]) =>
      identity({
        kind: 'user',
        id: login,
        name: name ?? null,
        email: emailOf(login),
        status: 'active',
        tags: { githubId: id },
      }),
    ),
    ...[...organizations].map((name) => identity({ kind: 'sub-account', id: name, name })),
  ];
}
