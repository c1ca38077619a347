import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { invalid } from '../core/base/errors.js';
import { Slug } from '../core/rules/rule.js';
import type { AddedSource } from '../core/sources/feed.js';
import { credentialProblem } from '../core/sources/kind.js';

/** A configured source with its credential resolved; lives in memory only. */
export interface SourceConfig {
  readonly name: string;
  readonly kind: string;
  readonly credential: string | null;
  readonly baseUrl: string | null;
  /** Absolute path of a file source. */
  readonly path: string | null;
  /** Settings of the kind alone; the catalog of sources checks them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A source as it stands in the configuration file. */
export const SourceEntry = z.strictObject({
  name: Slug,
  kind: z.string(),
  credential: z
    .string()
    .regex(
      /^(env|file):.+$/,
      'must be a reference, env:NAME or file:PATH: secrets do not belong in this file',
    )
    .optional(),
  baseUrl: z.url().optional(),
  path: z.string().optional(),
  options: z.record(z.string(), z.unknown()).optional(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Resolves the credential and the path of a source in the configuration file, whose folder is `folder`. */
export function resolveSource(
  entry: z.infer<typeof SourceEntry>,
  env: Environment,
  folder: string,
): SourceConfig {
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

/** A source that was added while running, or is about to be. */
export type AddedEntry = Omit<AddedSource, 'addedBy' | 'addedAtMs'>;

/**
 * The same for a source that was added while running, in the process's environment.
 * @throws AppError `invalid`; no message holds what stands in `credential`.
 */
export function resolveAddedSource(added: AddedEntry, folder: string | null, env: Environment): SourceConfig {
  const { name, kind, credential, baseUrl, path, options } = added;
  const problem = credential === null ? null : credentialProblem(credential);
  if (problem !== null) invalid(problem);
  if (folder === null && (path !== null || credential?.startsWith('file:') === true))
    return invalid('This Apportion has no configuration folder, so a source cannot name a file.');
  const within = folder ?? '';
  if (path !== null && (path.startsWith('/') || path.split('/').includes('..')))
    return invalid('Name a file in the folder of apportion.yml or below it.');
  return {
    name,
    kind,
    credential: credential === null ? null : readAddedSecret(credential, within, env),
    baseUrl,
    path: path === null ? null : resolve(within, path),
    options,
  };
}

function readAddedSecret(reference: string, folder: string, env: Environment): string {
  const name = reference.slice(reference.indexOf(':') + 1);
  if (reference.startsWith('env:'))
    return (
      env[name] ||
      invalid(
        "The environment variable that the credential names is not set for Apportion's process; set it and start Apportion again.",
      )
    );
  let text = '';
  try {
    text = readFileSync(resolve(folder, name), 'utf8').trim();
  } catch {
    return invalid(
      'The file that the credential names cannot be read; it belongs in the folder of apportion.yml.',
    );
  }
  return text === '' ? invalid('The file that the credential names is empty.') : text;
}
