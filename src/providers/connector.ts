import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalid } from '../core/base/errors.js';
import { canonicalJson } from '../core/base/json.js';
import type { SourceSettings } from '../core/sources/feed.js';
import type { SourceKind, SourceOption } from '../core/sources/kind.js';
import type { AdminKeyConfig, HttpOptions } from './http/http.js';
import type { Provider } from './provider.js';

/** What every connector is handed besides its source. */
export interface ProviderParts {
  readonly clock: () => number;
  readonly http?: HttpOptions;
}

/** A connector that reads a file or folder is handed this. */
export interface FileConfig {
  readonly source: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** What `create` is handed, by what the kind needs. */
interface Needs {
  readonly key: AdminKeyConfig;
  readonly 'key-and-address': AdminKeyConfig & { readonly baseUrl: string };
  readonly file: FileConfig;
}

interface Form {
  /** As people call the kind. */
  readonly label: string;
  /** What its credential is; absent: it takes none. */
  readonly credential?: string;
  /** The options that a form asks for by name. */
  readonly fields?: readonly SourceOption[];
}

/** A kind of source as its vendor's folder describes it. */
interface Description<N extends keyof Needs, O> {
  readonly kind: string;
  readonly needs: N;
  readonly options: z.ZodType<O>;
  readonly form: Form;
  readonly create: (config: Needs[N] & { readonly options: O }) => Provider;
}

/** A kind of source: one line of the catalog. */
export interface Connector {
  /** As a form asks for one. */
  readonly form: SourceKind;
  /** @throws AppError `invalid` naming the source and the setting that its kind lacks or refuses. */
  readonly create: (source: SourceSettings, parts: ProviderParts) => Provider;
}

/** Makes a connector of its description. */
export function describeConnector<N extends keyof Needs, O>(described: Description<N, O>): Connector {
  const { kind, needs, options, form, create } = described;
  const read: (source: SourceSettings, parts: ProviderParts) => Needs[N] = READ[needs];
  return {
    form: {
      kind,
      label: form.label,
      credential: form.credential ?? null,
      needsPath: needs === 'file',
      needsBaseUrl: needs === 'key-and-address',
      options: form.fields ?? [],
    },
    create: (source, parts) => ({
      ...create({ ...read(source, parts), options: readOptions(source, options) }),
      accountKey: accountKeyOf(source),
    }),
  };
}

/**
 * The same for two sources that read the same account: its credential (hashed), address or file, and the organisation
 * where one credential reads several.
 */
function accountKeyOf({ kind, credential, baseUrl, path, options }: SourceSettings): string {
  const { organization = null, enterprise = null } = options;
  const account = canonicalJson([kind, credential, baseUrl, path, organization, enterprise]);
  return createHash('sha256').update(account).digest('hex');
}

/** Of a kind that has no options. */
export const NO_OPTIONS = z.strictObject({});

const READ: { readonly [N in keyof Needs]: (source: SourceSettings, parts: ProviderParts) => Needs[N] } = {
  key: withKey,
  'key-and-address': (source, parts) => ({
    ...withKey(source, parts),
    baseUrl:
      source.baseUrl ??
      invalid(`Source "${source.name}" of kind ${source.kind} needs a baseUrl: where the proxy is.`),
  }),
  file: ({ name, kind, path }, { clock }) => ({
    source: name,
    path: path ?? invalid(`Source "${name}" of kind ${kind} needs a path.`),
    clock,
  }),
};

function withKey({ name, kind, credential, baseUrl }: SourceSettings, parts: ProviderParts): AdminKeyConfig {
  const variable = `${kind.toUpperCase().replaceAll('-', '_')}_ADMIN_KEY`;
  const adminKey =
    credential ??
    invalid(`Source "${name}" of kind ${kind} needs a credential, for instance env:${variable}.`);
  return { ...parts, source: name, adminKey, baseUrl: baseUrl ?? undefined };
}

function readOptions<T>({ name, kind, options }: SourceSettings, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = z.core.toDotPath(issue?.path ?? []);
  const what = option === '' ? 'its options' : `the option ${option}`;
  return invalid(`Source "${name}" of kind ${kind}: ${what}: ${issue?.message ?? 'unreadable'}.`);
}

/** A field of a kind's form. */
export function field(name: string, label: string, hint: string, isRequired = false): SourceOption {
  return { name, label, hint, isRequired };
}

export const SEAT_PRICE_FIELD = field(
  'seatPrice',
  'Price of a seat a month',
  'From the contract, for instance 40',
);
