import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { invalid } from '../core/base/errors.js';
import { parseNanos } from '../core/base/money.js';
import { DEFAULT_MATERIALITY, type Materiality } from '../core/close/checklist.js';
import type { CreditPolicy } from '../core/invoices/invoice.js';
import { type ApprovalPolicy, ApprovalSetting } from '../core/rule-review/approval.js';
import { Slug } from '../core/rules/rule.js';
import { TimeZone } from '../core/settings/settings.js';
import type { SourceSettings } from '../core/sources/feed.js';
import { portOf, type SlackConnection, slackConnection } from './config-slack.js';
import {
  CredentialEntry,
  type Lent,
  resolveAddedSource,
  resolveSource,
  SourceEntry,
} from './config-sources.js';

/** Where an identity provider may push people to, and what it must show. */
export interface ScimConfig {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Groups that begin so are teams; null: the department is. */
  readonly teamGroupPrefix: string | null;
}

/** All settings, frozen. Nothing else reads the environment or the configuration file. */
export interface Config {
  readonly dbPath: string;
  readonly company: {
    readonly name: string;
    readonly timeZone: string;
    readonly currency: string;
    readonly materiality?: Materiality;
    readonly approval?: ApprovalPolicy;
    readonly credits?: CreditPolicy;
    readonly hasDefaultChannel?: boolean;
  };
  readonly connection: SlackConnection;
  readonly slack: {
    readonly finopsUsers: readonly string[];
    readonly finopsUserGroup: string | null;
    readonly finopsChannel: string;
    readonly defaultChannel: string | null;
  };
  readonly sources: readonly SourceSettings[];
  /** What sources added while running may use; absent: no credential and no file. */
  readonly lent?: Lent | undefined;
  /** Null: nobody can push. */
  readonly scim: ScimConfig | null;
}

const ConfigFile = z.strictObject({
  company: z
    .strictObject({
      name: z.string().min(1).optional(),
      timeZone: TimeZone.optional(),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD')
        .optional(),
      materiality: z
        .strictObject({
          amount: z.string().regex(/^\d+(\.\d{1,9})?$/, 'must be an amount in quotes such as "250"'),
          percent: z.number().min(0).max(100),
        })
        .optional(),
      credits: z
        .strictObject({
          owner: z.string().trim().min(1).max(200),
          promotional: z.enum(['follow-usage', 'owner']).default('follow-usage'),
        })
        .optional(),
    })
    .optional(),
  slack: z
    .strictObject({
      finopsUsers: z
        .array(z.string().regex(/^[UW][A-Z0-9]+$/, 'must be Slack user ids such as U024BE7LH'))
        .optional(),
      finopsUserGroup: z
        .string()
        .regex(/^S[A-Z0-9]+$/, 'must be a Slack user group id such as S0614TZR7')
        .optional(),
      finopsChannel: z.string().min(1).optional(),
      defaultChannel: z.string().min(1).optional(),
    })
    .optional(),
  /** By name; Slack and the terminal choose from these for sources that they add. */
  credentials: z.record(Slug, CredentialEntry).optional(),
  sources: z.array(SourceEntry).optional(),
  rules: z.strictObject({ approval: ApprovalSetting.optional() }).optional(),
  scim: z.strictObject({ teamGroupPrefix: z.string().min(1).optional() }).optional(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment and `apportion.yml` (or the file named by APPORTION_CONFIG). @throws AppError `invalid` naming the setting. */
export function readConfig(env: Environment = process.env, cwd: string = process.cwd()): Config {
  const path = resolve(cwd, env['APPORTION_CONFIG'] ?? 'apportion.yml');
  const file = readConfigFile(path, env['APPORTION_CONFIG'] !== undefined);
  const approval = file.rules?.approval ?? null;
  return Object.freeze({
    dbPath: env['APPORTION_DB'] ?? resolve(cwd, 'data/apportion.db'),
    company: {
      name: file.company?.name ?? 'Your company',
      timeZone: file.company?.timeZone ?? 'UTC',
      currency: file.company?.currency ?? 'USD',
      materiality: materialityOf(file.company?.materiality),
      ...(approval === null ? {} : { approval }),
      ...(file.company?.credits === undefined ? {} : { credits: file.company.credits }),
      ...(file.slack?.defaultChannel === undefined ? {} : { hasDefaultChannel: true }),
    },
    connection: slackConnection(env),
    slack: {
      finopsUsers: file.slack?.finopsUsers ?? [],
      finopsUserGroup: file.slack?.finopsUserGroup ?? null,
      finopsChannel: file.slack?.finopsChannel ?? '#finops',
      defaultChannel: file.slack?.defaultChannel ?? null,
    },
    sources: uniqueNames(
      (file.sources ?? []).map((entry) => resolveSource(entry, env, dirname(path))),
      path,
    ),
    lent: {
      folder: dirname(path),
      credentials: Object.entries(file.credentials ?? {}).map(([name, { credential, kind, baseUrl }]) => ({
        name,
        kind,
        reference: credential,
        baseUrl: baseUrl ?? null,
      })),
    },
    scim: scimConfig(env, file.scim?.teamGroupPrefix ?? null),
  });
}

/** SCIM_TOKEN switches the server on; it listens on this machine only unless SCIM_HOST says otherwise. */
function scimConfig(env: Environment, teamGroupPrefix: string | null): ScimConfig | null {
  const token = env['SCIM_TOKEN'];
  if (!token) return null;
  if (token.length < 24 || /\s/.test(token))
    return invalid(
      'SCIM_TOKEN must be at least 24 characters without spaces; openssl rand -hex 32 makes one.',
    );
  return {
    host: env['SCIM_HOST'] || '127.0.0.1',
    port: portOf(env, 3132, 'SCIM_PORT'),
    token,
    teamGroupPrefix,
  };
}

/** Per cent as whole basis points: what is left of a month's cost is compared without a float. */
function materialityOf(given: { amount: string; percent: number } | undefined): Materiality {
  if (given === undefined) return DEFAULT_MATERIALITY;
  return { amount: parseNanos(given.amount), basisPoints: Math.round(given.percent * 100) };
}

function readConfigFile(path: string, mustExist: boolean): z.infer<typeof ConfigFile> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return mustExist ? invalid(`APPORTION_CONFIG names ${path}, which cannot be read.`) : {};
  }
  const parsed = ConfigFile.safeParse(parseYamlFile(text, path) ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return invalid(`${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}.`);
}

/** Parses YAML (and so JSON). @throws AppError `invalid` naming file and line. */
export function parseYamlFile(text: string, path: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    return invalid(`${path}${line === undefined ? '' : `, line ${line}`}: this is not valid YAML.`);
  }
}

/** Resolves a source that was added while running, in this process's environment. @throws as `resolveAddedSource`. */
export function readAddedSource(added: SourceSettings, lent: Lent): SourceSettings {
  return resolveAddedSource(added, lent, process.env);
}

function uniqueNames(sources: readonly SourceSettings[], path: string): readonly SourceSettings[] {
  const seen = new Set<string>();
  for (const { name } of sources) {
    if (seen.has(name))
      invalid(`${path}: two sources are called "${name}"; every source needs a name of its own.`);
    seen.add(name);
  }
  return sources;
}
