import type { App } from '@slack/bolt';
import { ErrorCode } from '@slack/web-api';
import { startScim } from './app/assemble-scim.js';
import { readConfig } from './app/config.js';
import type { RealConnection } from './app/config-slack.js';
import { createLog } from './app/log.js';
import { type RunningApp, startApp } from './app/running-app.js';
import { AppError, publicMessage } from './core/base/errors.js';
import { startSandbox } from './sandbox/start.js';
import { slackContext } from './slack/kit/context.js';
import { connect } from './slack/transport/connect.js';

const log = createLog((line) => process.stderr.write(line), Date.now);

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
  const { connection } = config;
  const running = await startApp({
    config,
    connect: (context) => connect(slackContext(context), connection),
    log,
    clock: Date.now,
  });
  const { app } = running;
  await greetSlack(app, connection);
  await openConnection(app, connection);
  const scim = config.scim === null ? null : await startScim(running.context, config.scim);
  void running.linkPeople();
  await running.startSchedule();
  log.info('Apportion is listening to Slack.', {
    mode: connection.mode,
    sources: config.sources.map((source) => source.name),
  });
  return {
    async stop() {
      await Promise.all([app.stop(), scim?.close()]);
      await running.stop();
    },
  };
}

/**
 * Asks Slack who we are; where workspaces install by themselves there may be nobody yet to ask for.
 * @throws AppError with a sentence that names the setting, or says that Slack is out of reach.
 */
async function greetSlack(app: App, { credentials }: RealConnection): Promise<void> {
  try {
    await app.init();
    if (credentials.kind === 'token') await app.client.auth.test();
  } catch (error) {
    throw slackTrouble(
      error,
      'SLACK_BOT_TOKEN: copy the Bot User OAuth Token of the installed app once more',
    );
  }
}

/** Opens the port or the sockets. @throws as `greetSlack`, or when the port is taken. */
async function openConnection(app: App, connection: RealConnection): Promise<void> {
  const { port, host } = connection;
  if (connection.mode === 'http') {
    await app.start(host === null ? port : { port, host });
    return;
  }
  try {
    await app.start();
  } catch (error) {
    throw slackTrouble(error, 'SLACK_APP_TOKEN: make one with the scope connections:write');
  }
}

function slackTrouble(error: unknown, setting: string): AppError {
  const refused = error instanceof Error && 'code' in error && error.code === ErrorCode.PlatformError;
  const sentence = refused
    ? `Slack does not accept ${setting}.`
    : 'Slack cannot be reached; check the network and start again.';
  return new AppError('upstream', sentence, { cause: error });
}

/** Supervisors kill after ten seconds. */
const LONGEST_GOODBYE_MS = 8_000;

async function end(code: number, running: RunningApp | null): Promise<void> {
  // As safe as a kill at any time: what is half done was not stored, and is done again at the next start.
  const deadline = setTimeout(() => {
    log.warn('Work under way is given up; it is done again at the next start.');
    process.exit(code);
  }, LONGEST_GOODBYE_MS);
  await running?.stop().catch((error: unknown) => log.error('Stopping failed.', { error }));
  clearTimeout(deadline);
  process.exit(code);
}

/** Raised in Slack's own packages: a payload or a connection failed there, nothing of ours is half done. */
const isOfSlack = (error: unknown): boolean =>
  error instanceof Error &&
  /node_modules[\\/]@slack[\\/]/.test(error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '');

// What nobody awaited and nobody expected: say so and leave it to the supervisor.
process.on('unhandledRejection', (error) => {
  if (isOfSlack(error)) {
    log.error("An unhandled failure in Slack's packages was passed over.", { error });
    return;
  }
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
