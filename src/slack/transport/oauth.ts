import type { ServerResponse } from 'node:http';
import type { App, HTTPReceiverOptions, Installation, SocketModeReceiverOptions } from '@slack/bolt';
import { z } from 'zod';
import { AppError, publicMessage } from '../../core/base/errors.js';
import {
  findInstallation,
  listInstallations,
  removeInstallation,
  saveInstallation,
} from '../../usecases/settings/slack-installations.js';
import type { SlackContext } from '../kit/context.js';
import { seal, unseal } from './seal.js';

/** How several workspaces of the company install the app by themselves; secrets in memory only. */
export interface OAuthSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly stateSecret: string;
  /** 32 bytes, under which tokens are kept. */
  readonly encryptionKey: Uint8Array;
  /** Workspaces (`T…`) and organisations (`E…`) that may install; the first that has is where Apportion speaks up. */
  readonly allowedTeams: readonly string[];
  /** Where Slack sends people back to; null when the app has only one address. */
  readonly redirectUri: string | null;
}

/** What Bolt's receivers need to offer `/slack/install`. */
export interface OAuthParts
  extends Pick<
    HTTPReceiverOptions,
    'clientId' | 'clientSecret' | 'stateSecret' | 'installationStore' | 'scopes'
  > {
  readonly redirectUri?: string;
  readonly installerOptions: NonNullable<SocketModeReceiverOptions['installerOptions']>;
}

/**
 * What an installation may do: the bot scopes of manifest.yml.
 * @internal The test of manifest.yml compares it.
 */
export const BOT_SCOPES: readonly string[] = [
  'commands',
  'chat:write',
  'chat:write.public',
  'app_mentions:read',
  'assistant:write',
  'im:history',
  'im:read',
  'im:write',
  'channels:read',
  'channels:history',
  'groups:read',
  'groups:history',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'files:write',
  'files:read',
];

/** Workspaces that have installed the app, their tokens sealed. */
export interface Installations {
  readonly parts: OAuthParts;
  /** The bot token of the workspace in which Apportion speaks up. @throws AppError `upstream` while nobody has installed. */
  homeToken(): Promise<string>;
  /** Forgets a workspace that has removed the app. */
  listen(app: App): void;
}

const Kept = z.looseObject({ bot: z.object({ token: z.string() }) });
/** What was handed to storeInstallation: sealed by ourselves and bound to its id, so its form is Bolt's own. */
const Sealed = z.custom<Installation>((value) => Kept.safeParse(value).success);

/** Installs by OAuth, for named workspaces only: who can ask sees the company's money. */
export function createInstallations(
  context: SlackContext,
  settings: OAuthSettings,
  slackApiUrl: string | null,
): Installations {
  const { clientId, clientSecret, stateSecret, redirectUri, encryptionKey, allowedTeams } = settings;
  return {
    parts: {
      clientId,
      clientSecret,
      stateSecret,
      scopes: [...BOT_SCOPES],
      installationStore: createInstallationStore(context, settings),
      ...(redirectUri === null ? {} : { redirectUri }),
      installerOptions: {
        directInstall: true,
        ...(redirectUri === null ? {} : { redirectUriPath: new URL(redirectUri).pathname }),
        ...(slackApiUrl === null
          ? {}
          : {
              clientOptions: { slackApiUrl },
              authorizationUrl: new URL('/oauth/v2/authorize', slackApiUrl).href,
            }),
        callbackOptions: {
          failure: (error, _options, _request, response) => refuse(context, error, response),
        },
      },
    },
    async homeToken() {
      const kept = await listInstallations(context);
      const home = allowedTeams
        .map((id) => kept.find((each) => each.id === id))
        .find((each) => each !== undefined);
      if (home === undefined)
        throw new AppError('upstream', 'No workspace has installed Apportion yet: open /slack/install.');
      return Kept.parse(JSON.parse(unseal(home.sealed, encryptionKey, home.id))).bot.token;
    },
    listen: (app) => listenForRemoval(app, context),
  };
}

function createInstallationStore(
  context: SlackContext,
  { encryptionKey, allowedTeams }: OAuthSettings,
): NonNullable<OAuthParts['installationStore']> {
  return {
    async storeInstallation(installation) {
      const id = idOf(installation);
      if (!isAllowed(installation, allowedTeams)) {
        throw new AppError(
          'forbidden',
          `The workspace ${id} may not install Apportion; the person who runs it adds the id to SLACK_ALLOWED_TEAMS.`,
        );
      }
      const sealed = seal(JSON.stringify(installation), encryptionKey, id);
      const name = installation.team?.name ?? installation.enterprise?.name ?? null;
      await saveInstallation(context, { id, name, installedBy: installation.user.id, sealed });
    },
    async fetchInstallation(query) {
      // A workspace of an organisation that installed for all of its workspaces has no installation of its own.
      for (const id of [query.isEnterpriseInstall ? undefined : query.teamId, query.enterpriseId]) {
        const kept = id === undefined ? null : await findInstallation(context, id);
        if (kept !== null) return Sealed.parse(JSON.parse(unseal(kept.sealed, encryptionKey, kept.id)));
      }
      throw new AppError('not-found', 'This workspace has not installed Apportion.');
    },
    async deleteInstallation(query) {
      const id = query.teamId ?? query.enterpriseId;
      if (id !== undefined) await removeInstallation(context, id);
    },
  };
}

/** Tells the person in the browser; Bolt's own page would show an error code. */
function refuse(context: SlackContext, error: Error, response: ServerResponse): void {
  const cause = 'original' in error ? error.original : error;
  context.log.warn('An installation was refused.', { error: cause });
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`Apportion was not installed. ${publicMessage(cause)}`);
}

function listenForRemoval(app: App, context: SlackContext): void {
  async function forget(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    await removeInstallation(context, id);
    context.log.warn('A workspace removed the app.', { id });
  }
  app.event('app_uninstalled', ({ body }) => forget(body.team_id ?? body.enterprise_id));
  app.event('tokens_revoked', async ({ body, event }) => {
    if ((event.tokens.bot ?? []).length > 0) await forget(body.team_id ?? body.enterprise_id);
  });
}

function idOf(installation: Installation): string {
  const id = installation.isEnterpriseInstall === true ? installation.enterprise?.id : installation.team?.id;
  return id ?? installation.enterprise?.id ?? 'unknown';
}

function isAllowed({ team, enterprise }: Installation, allowed: readonly string[]): boolean {
  return [team?.id, enterprise?.id].some((id) => id !== undefined && allowed.includes(id));
}
