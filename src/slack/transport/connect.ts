import { App, LogLevel, type Receiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { SlackContext } from '../kit/context.js';
import { clientOptions, deliveryClientOptions } from './client-options.js';
import { createHttpReceiver } from './http-receiver.js';
import { createInstallations, type Installations, type OAuthSettings } from './oauth.js';
import { createSocketReceiver } from './socket-receiver.js';

/** A real workspace, as configured. */
export type Workspace = {
  readonly credentials:
    | { readonly kind: 'token'; readonly botToken: string }
    | ({ readonly kind: 'oauth' } & OAuthSettings);
  readonly apiUrl: string | null;
  readonly port: number;
} & (
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string }
);

/** The Bolt app of a workspace, not started yet, and the client that notices are posted with. */
export interface Connected {
  readonly app: App;
  readonly client: WebClient;
}

/** Builds app and client. Initialisation is deferred: a bad token must end in one sentence. */
export function connect(context: SlackContext, workspace: Workspace): Connected {
  const { credentials, apiUrl } = workspace;
  const address = apiUrl === null ? {} : { slackApiUrl: apiUrl };
  const options = (): WebClientOptions => ({ ...clientOptions(), ...address });
  const delivery = { ...deliveryClientOptions(), ...address };
  const common = { clientOptions: options(), deferInitialization: true, logLevel: LogLevel.ERROR };
  if (credentials.kind === 'token') {
    const { botToken: token } = credentials;
    const receiver = receiverOf(context, workspace, null, options);
    return { app: new App({ ...common, token, receiver }), client: new WebClient(token, delivery) };
  }
  const installations = createInstallations(context, credentials, apiUrl);
  const app = new App({ ...common, receiver: receiverOf(context, workspace, installations, options) });
  installations.listen(app);
  const client = new WebClient(undefined, { ...delivery, fetch: speakingFor(installations) });
  return { app, client };
}

function receiverOf(
  { log, clock }: SlackContext,
  workspace: Workspace,
  installations: Installations | null,
  options: () => WebClientOptions,
): Receiver {
  const oauth = installations?.parts ?? null;
  if (workspace.mode === 'http')
    return createHttpReceiver({ signingSecret: workspace.signingSecret, clock, oauth, log });
  const withPort =
    oauth === null
      ? null
      : { ...oauth, installerOptions: { ...oauth.installerOptions, port: workspace.port } };
  return createSocketReceiver({ appToken: workspace.appToken, clientOptions: options, log, oauth: withPort });
}

/** Each call takes the home workspace's token of that moment: it may be installed, and installed again, any time. */
function speakingFor(installations: Installations): NonNullable<WebClientOptions['fetch']> {
  return async (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${await installations.homeToken()}`);
    return fetch(url, { ...init, headers });
  };
}
