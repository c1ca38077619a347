import { App, LogLevel } from '@slack/bolt';
import { ErrorCode, WebClient } from '@slack/web-api';
import { startScim } from './assemble-scim.js';
import { readConfig, type SlackConnection } from './config.js';
import { AppError, publicMessage } from './core/errors.js';
import { createLog } from './log.js';
import { type RunningApp, startApp } from './running-app.js';
import { startSandbox } from './sandbox/start.js';
import { clientOptions, deliveryClientOptions } from './slack/app.js';

const log = createLog((line) => process.stderr.write(line), Date.now);

/** Opens the socket or the port of a real workspace. Initialisation is deferred: a bad token must end in one sentence. */
function createSlackApp(connection: Exclude<SlackConnection, { mode: 'sandbox' }>): App {
  const common = {
    token: connection.botToken,
    clientOptions: clientOptions(),
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
  };
  return connection.mode === 'socket'
    ? new App({ ...common, socketMode: true, appToken: connection.appToken })
    : new App({ ...common, signingSecret: connection.signingSecret });
}

async function start(): Promise<RunningApp> {
  const config = readConfig();
  if (config.connection.mode === 'sandbox') {
    const sandbox = await startSandbox({ port: config.connection.port, clock: Date.now, log });
    process.stdout.write(
      `\n  Apportion's sandbox is open: ${sandbox.address}\n  The company is made up; the app is the real one. Ctrl+C ends it.\n\n`,
    );
    sandbox.filled.catch((error: unknown) => log.error('The sandbox could not be filled.', { error }));
    return sandbox;
  }
  const app = createSlackApp(config.connection);
  const running = await startApp({
    config,
    app,
    client: new WebClient(config.connection.botToken, deliveryClientOptions()),
    log,
    clock: Date.now,
  });
  await greetSlack(app);
  await (config.connection.mode === 'http' ? app.start(config.connection.port) : app.start());
  const scim = config.scim === null ? null : await startScim(running.context, config.scim);
  void running.linkPeople();
  await running.startSchedule();
  log.info('Apportion is listening to Slack.', {
    mode: config.connection.mode,
    sources: config.sources.map((source) => source.name),
  });
  return {
    async stop() {
      await Promise.all([app.stop(), scim?.close()]);
      await running.stop();
    },
  };
}

/** Asks Slack who we are. @throws AppError with a sentence that names the setting, or says that Slack is out of reach. */
async function greetSlack(app: App): Promise<void> {
  try {
    await app.init();
    await app.client.auth.test();
  } catch (error) {
    const refused = error instanceof Error && 'code' in error && error.code === ErrorCode.PlatformError;
    const sentence = refused
      ? 'Slack does not accept SLACK_BOT_TOKEN: copy the Bot User OAuth Token of the installed app once more.'
      : 'Slack cannot be reached; check the network and start again.';
    throw new AppError('upstream', sentence, { cause: error });
  }
}

async function end(code: number, running: RunningApp | null): Promise<void> {
  const deadline = setTimeout(() => process.exit(code || 1), 10_000);
  await running?.stop().catch((error: unknown) => log.error('Stopping failed.', { error }));
  clearTimeout(deadline);
  process.exit(code);
}

// Socket Mode rejects outside any await when it cannot reconnect for good: say so and leave it to the supervisor.
process.on('unhandledRejection', (error) => {
  log.error('An unhandled failure ends the process.', { error });
  process.exit(1);
});

try {
  const running = await start();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(0, running));
} catch (error) {
  if (error instanceof AppError) process.stderr.write(`${error.message}\n`);
  else log.error(publicMessage(error), { error });
  process.exit(1);
}
