import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { z } from 'zod';
import { invalid } from '../core/base/errors.js';
import { Slug } from '../core/rules/rule.js';
import type { SourceSettings } from '../core/sources/feed.js';
import { addedPathProblem, type NamedCredential } from '../core/sources/kind.js';

const Reference = z
  .string()
  .regex(/^(env|file):.+$/, 'must be a reference, env:NAME or file:PATH: secrets do not belong in this file');
const BaseUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an address such as https://litellm.example.com',
});

/** A credential that sources added while running may use: by one kind, at one address. */
export const CredentialEntry = z.strictObject({
  credential: Reference,
  kind: z.string(),
  baseUrl: BaseUrl.optional(),
});
/** A credential of the configuration file; `reference` says where the secret is, which is read when it is needed. */
interface LentCredential extends NamedCredential {
  readonly reference: string;
}

/** A source as it stands in the configuration file. */
export const SourceEntry = z.strictObject({
  name: Slug,
  kind: z.string(),
  credential: Reference.optional(),
  baseUrl: BaseUrl.optional(),
  path: z.string().optional(),
  options: z.record(z.string(), z.unknown()).optional(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Resolves the credential and the path of a source in the configuration file, whose folder is `folder`. */
export function resolveSource(
  entry: z.infer<typeof SourceEntry>,
  env: Environment,
  folder: string,
): SourceSettings {
  return {
    name: entry.name,
    kind: entry.kind,
    credential:
      entry.credential === undefined
        ? null
        : resolveSecret(entry.credential, env, { source: entry.name, folder }),
    baseUrl: entry.baseUrl ?? null,
    path: entry.path === undefined ? null : resolve(folder, entry.path),
    options: entry.options ?? {},
  };
}

function resolveSecret(reference: string, env: Environment, at: { source: string; folder: string }): string {
  const [scheme, ...rest] = reference.split(':');
  const name = rest.join(':');
  if (scheme === 'env') {
    return (
      env[name] ||
      invalid(
        `Source "${at.source}" takes its credential from the environment variable ${name}, which is not set.`,
      )
    );
  }
  try {
    return readFileSync(resolve(at.folder, name), 'utf8').trim();
  } catch {
    return invalid(`Source "${at.source}" takes its credential from the file ${name}, which cannot be read.`);
  }
}

/** Where a source that was added while running may look: what the configuration file lends, and its folder. */
export interface Lent {
  readonly credentials: readonly LentCredential[];
  /** Absolute; null: there is no configuration file, so no source can name a file. */
  readonly folder: string | null;
}

/**
 * The same for a source that was added while running. Its credential is one that the configuration file lends to that
 * kind, and is sent to the address that stands beside it there; a path names a file of figures below the folder.
 * @throws AppError `invalid`; no message holds what stands in `credential`.
 */
export function resolveAddedSource(added: SourceSettings, lent: Lent, env: Environment): SourceSettings {
  const { name, kind, credential, path, options } = added;
  const entry = credential === null ? null : lentCredential(added, lent.credentials);
  const baseUrl = entry?.baseUrl ?? null;
  if (added.baseUrl !== null && added.baseUrl !== baseUrl)
    return invalid(
      'An address other than the vendor’s own is set in apportion.yml, as baseUrl of the credential that is sent there.',
    );
  return {
    name,
    kind,
    credential: entry === null ? null : readLentSecret(entry, lent.folder, env),
    baseUrl,
    path: path === null ? null : resolveAddedPath(path, lent.folder),
    options,
  };
}

/** By its name in the configuration file, or by the reference there. */
function lentCredential(
  { credential, kind, baseUrl }: SourceSettings,
  lent: readonly LentCredential[],
): LentCredential {
  const ofKind = lent.filter((each) => each.kind === kind);
  const found =
    ofKind.find(({ name }) => name === credential) ??
    ofKind.find((each) => each.reference === credential && (baseUrl === null || each.baseUrl === baseUrl));
  if (found !== undefined) return found;
  const known = ofKind.map(({ name }) => name);
  const instead =
    known.length === 0 ? `none is set for kind ${kind} yet` : `for kind ${kind} there is ${known.join(', ')}`;
  return invalid(
    `Choose a credential by its name under credentials in apportion.yml; ${instead}. Each entry there says where the secret is, for which kind, and for which address. If you have pasted a secret, nothing of it was kept.`,
  );
}

function resolveAddedPath(path: string, folder: string | null): string {
  if (folder === null)
    return invalid('This Apportion has no configuration folder, so a source cannot name a file.');
  const problem = addedPathProblem(path);
  if (problem !== null) return invalid(problem);
  const full = resolve(folder, path);
  // A link may lead out of the folder; a file that is not there is the connector's to report.
  const real = existsSync(full) ? realpathSync(full) : full;
  if (real !== full && !real.startsWith(`${realpathSync(folder)}${sep}`))
    return invalid('Name a file in the folder of apportion.yml or below it.');
  return full;
}

function readLentSecret(
  { name, reference }: LentCredential,
  folder: string | null,
  env: Environment,
): string {
  const place = reference.slice(reference.indexOf(':') + 1);
  if (reference.startsWith('env:'))
    return (
      env[place] ||
      invalid(
        `The environment variable of credential ${name} in apportion.yml is not set for Apportion's process; set it and start Apportion again.`,
      )
    );
  let text = '';
  try {
    text = readFileSync(resolve(folder ?? '', place), 'utf8').trim();
  } catch {
    return invalid(`The file of credential ${name} in apportion.yml cannot be read.`);
  }
  return text === '' ? invalid(`The file of credential ${name} in apportion.yml is empty.`) : text;
}
