import { invalid } from '../core/base/errors.js';

/** As whom the app speaks: with the token of the one workspace it is installed in, or as installed by OAuth. */
type SlackCredentials =
  | { readonly kind: 'token'; readonly botToken: string }
  | {
      readonly kind: 'oauth';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly stateSecret: string;
      /** 32 bytes. */
      readonly encryptionKey: Uint8Array;
      readonly allowedTeams: readonly string[];
      readonly redirectUri: string | null;
    };

interface RealSlack {
  readonly credentials: SlackCredentials;
  /** Where the Web API is, ending in a slash; null: Slack's own. */
  readonly apiUrl: string | null;
  /** Where HTTP is listened for; of a socket only the two OAuth routes. */
  readonly port: number;
  /** Null: every interface of the machine. */
  readonly host: string | null;
}

/** Where Slack is: over a socket (default), over HTTP, or the sandbox when no credential is set. */
export type SlackConnection =
  | ({ readonly mode: 'socket'; readonly appToken: string } & RealSlack)
  | ({ readonly mode: 'http'; readonly signingSecret: string } & RealSlack)
  | { readonly mode: 'sandbox'; readonly port: number };

/** A connection to a real workspace. */
export type RealConnection = Exclude<SlackConnection, { mode: 'sandbox' }>;

type Environment = Readonly<Record<string, string | undefined>>;

const CREDENTIALS = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_CLIENT_ID',
] as const;

/** Reads the Slack part of the environment. @throws AppError `invalid` naming the variable. */
export function slackConnection(env: Environment): SlackConnection {
  if (CREDENTIALS.every((name) => !env[name])) return { mode: 'sandbox', port: portOf(env, 3131) };
  const common = {
    credentials: credentialsOf(env),
    apiUrl: apiUrlOf(env['SLACK_API_URL']),
    port: portOf(env, 3000),
    host: env['HOST'] || null,
  };
  const appToken = env['SLACK_APP_TOKEN'];
  if (appToken) {
    if (!appToken.startsWith('xapp-'))
      return invalid('SLACK_APP_TOKEN must be an app-level token that starts with xapp-.');
    return { mode: 'socket', appToken, ...common };
  }
  const signingSecret = env['SLACK_SIGNING_SECRET'];
  if (!signingSecret)
    return invalid(
      'Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside SLACK_BOT_TOKEN.',
    );
  return { mode: 'http', signingSecret, ...common };
}

function credentialsOf(env: Environment): SlackCredentials {
  const botToken = env['SLACK_BOT_TOKEN'];
  if (env['SLACK_CLIENT_ID']) {
    if (botToken)
      return invalid('Set SLACK_BOT_TOKEN (one workspace) or SLACK_CLIENT_ID (several, by OAuth), not both.');
    return oauthOf(env, env['SLACK_CLIENT_ID']);
  }
  if (!botToken)
    return invalid(
      'SLACK_BOT_TOKEN is missing: Slack credentials are set, but not the xoxb- token of the bot.',
    );
  if (!botToken.startsWith('xoxb-'))
    return invalid('SLACK_BOT_TOKEN must be a bot token that starts with xoxb-.');
  return { kind: 'token', botToken };
}

function oauthOf(env: Environment, clientId: string): SlackCredentials {
  const needed = (name: string, what: string): string =>
    env[name] || invalid(`SLACK_CLIENT_ID is set, so ${name} must be too: ${what}.`);
  const stateSecret = needed('SLACK_STATE_SECRET', 'any 24 characters or more that nobody else knows');
  if (stateSecret.length < 24) return invalid('SLACK_STATE_SECRET must be at least 24 characters.');
  const allowedTeams = needed(
    'SLACK_ALLOWED_TEAMS',
    'the ids (T..., E...) of the workspaces that may install, with commas between them; the first is where Apportion posts',
  )
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const wrong = allowedTeams.find((id) => !/^[TE][A-Z0-9]+$/.test(id));
  if (wrong !== undefined)
    return invalid(
      `SLACK_ALLOWED_TEAMS holds "${wrong.slice(0, 40)}"; ids begin with T or E, such as T024BE7LD.`,
    );
  return {
    kind: 'oauth',
    clientId,
    clientSecret: needed('SLACK_CLIENT_SECRET', 'it stands beside the client id in Basic Information'),
    stateSecret,
    encryptionKey: keyOf(needed('APPORTION_ENCRYPTION_KEY', 'openssl rand -hex 32 makes one')),
    allowedTeams,
    redirectUri: urlOf(env['SLACK_REDIRECT_URI'], 'SLACK_REDIRECT_URI'),
  };
}

function keyOf(text: string): Uint8Array {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  return key.length === 32
    ? key
    : invalid('APPORTION_ENCRYPTION_KEY must be 32 bytes in hex or base64; openssl rand -hex 32 makes one.');
}

/** web-api puts method names behind it as they are. */
function apiUrlOf(text: string | undefined): string | null {
  const url = urlOf(text, 'SLACK_API_URL');
  return url === null || url.endsWith('/') ? url : `${url}/`;
}

function urlOf(text: string | undefined, name: string): string | null {
  if (!text) return null;
  return URL.canParse(text) ? text : invalid(`${name} must be a web address, not "${text.slice(0, 100)}".`);
}

/** A port from the environment. @throws AppError `invalid` naming the variable. */
export function portOf(env: Environment, fallback: number, name = 'PORT'): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 && value < 65_536
    ? value
    : invalid(`${name} must be a number from 0 to 65535, not "${text}".`);
}
