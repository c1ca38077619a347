import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { WebClient } from '@slack/web-api';
import type { Command } from 'commander';
import { z } from 'zod';
import { parseYamlFile, readConfig } from '../app/config.js';
import type { SlackConnection } from '../app/config-slack.js';
import { AppError, publicMessage } from '../core/base/errors.js';
import type { Provider } from '../providers/provider.js';
import { clientOptions } from '../slack/transport/client-options.js';
import { verifyAudit } from '../usecases/audit/verify-audit.js';
import type { Context } from '../usecases/context.js';
import { findTwice } from '../usecases/sources/find-twice.js';
import { checkProvider } from '../usecases/sources/manage-sources.js';
import type { Session } from './session.js';

/** One thing that was looked at; `sentence` says what is wrong and what to do, or that it is well. */
interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly sentence: string;
}

/** doctor: configuration, store, credentials' scopes, manifest; changes nothing. */
export function addDoctorCommand(program: Command, session: Session): void {
  program
    .command('doctor')
    .description('check configuration, store, credentials and manifest, and say what to do')
    .action(() => doctor(session, program.opts<{ db?: string }>().db));
}

async function doctor(session: Session, db: string | undefined): Promise<void> {
  const config = readConfig();
  const findings: Finding[] = [
    { check: 'configuration', ok: true, sentence: `Read; ${config.sources.length} sources.` },
  ];
  const context = await session.context();
  findings.push(
    await examine(
      'store',
      async () => `Opens; rules are at version ${(await context.store.currentRuleset()).version.number}.`,
    ),
  );
  findings.push(await examine('file modes', async () => checkModes(db ?? config.dbPath)));
  findings.push(await examine('audit log', () => checkAudit(context)));
  findings.push(await examine('slack', () => checkSlack(config.connection)));
  for (const { name, provider, problem } of (await context.sources?.list()) ?? []) {
    findings.push(
      provider === null
        ? { check: `source ${name}`, ok: false, sentence: problem ?? 'It cannot be read.' }
        : await examine(`source ${name}`, () => checkSource(provider, context.clock())),
    );
  }
  for (const sentence of await findTwice(context)) findings.push({ check: 'sources', ok: false, sentence });
  session.answer(
    { findings },
    findings.map(({ check, ok, sentence }) => `${ok ? 'ok  ' : 'MEND'}  ${check}: ${sentence}`).join('\n'),
  );
  const broken = findings.filter(({ ok }) => !ok).length;
  if (broken > 0)
    throw new AppError('upstream', `${broken} of ${findings.length} checks need a hand; see above.`);
}

async function examine(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, sentence: await look() };
  } catch (error) {
    return { check, ok: false, sentence: publicMessage(error) };
  }
}

/** The database has the company's spend and people's addresses in it: only the user that runs Apportion reads it. */
function checkModes(dbPath: string): string {
  const files = [dbPath, `${dbPath}-wal`, `${dbPath}-shm`].filter((path) => existsSync(path));
  const open = [dirname(resolve(dbPath)), ...files].filter((path) => (statSync(path).mode & 0o077) !== 0);
  if (open.length === 0) return 'Only the user that runs Apportion may read the database.';
  throw new AppError(
    'upstream',
    `Other users of this machine may read ${open.join(', ')}: chmod go-rwx on each.`,
  );
}

/** Walks the audit log's hash chain and looks at every locked month. */
async function checkAudit(context: Context): Promise<string> {
  const { entries, lockedMonths } = await verifyAudit(context);
  return `Whole: ${entries} entries; ${lockedMonths.length} locked months are as they were locked.`;
}

/** Asks the vendor what the credential may do; what is missing is a finding to mend. */
async function checkSource(provider: Provider, nowMs: number): Promise<string> {
  const remarks = await checkProvider(provider, nowMs);
  if (provider.check === undefined) return `Answers. ${remarks.join(' ')}`.trim();
  if (remarks.length > 0) throw new AppError('upstream', remarks.join(' '));
  return 'Answers; the credential may read all that a pull needs.';
}

const Manifest = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) });

/** Asks Slack who we are and compares the token's scopes with manifest.yml. */
async function checkSlack(connection: SlackConnection): Promise<string> {
  if (connection.mode === 'sandbox') return 'No Slack credentials are set: npm start opens the sandbox.';
  const { credentials, apiUrl } = connection;
  if (credentials.kind === 'oauth')
    return `Workspaces install by themselves (${connection.mode}); ${credentials.allowedTeams.length} may.`;
  const path = new URL('../../manifest.yml', import.meta.url);
  const wanted = Manifest.parse(parseYamlFile(await readFile(path, 'utf8'), 'manifest.yml')).oauth_config
    .scopes.bot;
  let answer: Awaited<ReturnType<WebClient['auth']['test']>>;
  try {
    const address = apiUrl === null ? {} : { slackApiUrl: apiUrl };
    answer = await new WebClient(credentials.botToken, { ...clientOptions(), ...address }).auth.test();
  } catch (error) {
    throw new AppError(
      'upstream',
      'Slack does not accept SLACK_BOT_TOKEN: reinstall the app and copy the bot token again.',
      { cause: error },
    );
  }
  const missing = wanted.filter((scope) => !(answer.response_metadata?.scopes ?? []).includes(scope));
  if (missing.length > 0) {
    throw new AppError(
      'upstream',
      `The bot lacks ${missing.join(', ')}: paste manifest.yml into the app and reinstall it.`,
    );
  }
  return `Connected to ${answer.team ?? 'the workspace'} as ${answer.user ?? 'the bot'} (${connection.mode}).`;
}
