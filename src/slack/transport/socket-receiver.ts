import { setTimeout as sleep } from 'node:timers/promises';
import { type App, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { Log } from '../kit/context.js';
import { guardIntake } from './intake.js';
import type { OAuthParts } from './oauth.js';

/** What a socket receiver is made of. */
export interface SocketParts {
  readonly appToken: string;
  /** Made for each use: the receiver changes the object it is given (docs/slack-platform.md#socket-mode). */
  readonly clientOptions: () => WebClientOptions;
  readonly log: Log;
  readonly oauth: OAuthParts | null;
  /** How many sockets are held; each payload comes over one of them. Default 2. */
  readonly connections?: number;
  /** Waits between attempts to connect again, in milliseconds; the last one repeats. */
  readonly waitsMs?: readonly number[];
}

/** Slack takes up to ten sockets; two leave none of its regular disconnects without an ear. */
const CONNECTIONS = 2;
const WAITS_MS = [0, 1_000, 2_000, 5_000, 10_000, 30_000];
const LONGEST_GOODBYE_MS = 3_000;

/** A receiver over several sockets; `installer` is Bolt's way of finding OAuth. */
export interface SocketReceiver extends Receiver {
  readonly installer?: SocketModeReceiver['installer'];
}

/**
 * Socket Mode that stays: Slack closes each socket every few hours, and socket-mode 3.1 answers with five seconds of
 * silence or, when `apps.connections.open` fails meanwhile, with an unhandled rejection
 * (docs/slack-platform.md#socket-mode). So several sockets are held, each connected again by us, for as long as it takes.
 * `start` rejects when the first connection cannot be made: then a token or the network is wrong.
 */
export function createSocketReceiver(parts: SocketParts): SocketReceiver {
  const stopping = new AbortController();
  const lines = Array.from({ length: parts.connections ?? CONNECTIONS }, (_, index) =>
    createLine(parts, { index, signal: stopping.signal }),
  );
  const [first, ...others] = lines;
  return {
    ...(first?.receiver.installer === undefined ? {} : { installer: first.receiver.installer }),
    init(app: App) {
      guardIntake(app, parts.log);
      for (const { receiver } of lines) receiver.init(app);
    },
    async start() {
      await first?.open();
      for (const line of others) void line.keepOpen();
    },
    async stop() {
      stopping.abort();
      await Promise.all(lines.map((line) => line.close()));
    },
  };
}

/** One socket and its upkeep. */
interface Line {
  readonly receiver: SocketModeReceiver;
  /** Connects once; from then on the line keeps itself open. */
  open(): Promise<void>;
  /** Connects, however often it takes. */
  keepOpen(): Promise<void>;
  close(): Promise<void>;
}

function createReceiver(parts: SocketParts, index: number): SocketModeReceiver {
  const common = { appToken: parts.appToken, logLevel: LogLevel.ERROR, autoReconnectEnabled: false };
  // Only the first line answers the two OAuth routes.
  const { installerOptions, ...oauth } = (index === 0 ? parts.oauth : null) ?? {};
  const receiver = new SocketModeReceiver({
    ...common,
    ...oauth,
    installerOptions: { ...installerOptions, clientOptions: parts.clientOptions() },
    processEventErrorHandler: async ({ error }) => {
      parts.log.error('A payload of Slack could not be processed.', { error });
      return false;
    },
  });
  catchOddFrames(receiver.client, parts.log);
  return receiver;
}

/** socket-mode 3.1 reads a frame in an async listener that nobody awaits: a frame without a payload would end the process. */
function catchOddFrames(client: SocketModeReceiver['client'], log: Log): void {
  for (const read of client.listeners('ws_message')) {
    client.off('ws_message', read);
    client.on('ws_message', (...frame: unknown[]) => {
      Promise.resolve(read.apply(client, frame)).catch((error: unknown) =>
        log.warn('A frame of Slack was dropped: it could not be read.', { error }),
      );
    });
  }
}

function createLine(parts: SocketParts, at: { index: number; signal: AbortSignal }): Line {
  const receiver = createReceiver(parts, at.index);
  const { client } = receiver;
  let isOpen = false;
  let isServing = false;
  const keepOpen = (): Promise<void> => stayConnected(() => client.start(), parts, at);

  client.on('connected', () => {
    isOpen = true;
  });
  // Emitted when a socket is gone for any reason, since the client shall not reconnect by itself.
  client.on('disconnected', () => {
    if (!isOpen) return;
    isOpen = false;
    if (!at.signal.aborted) void keepOpen();
  });
  return {
    receiver,
    keepOpen,
    async open() {
      // The receiver's own start listens for OAuth as well.
      isServing = true;
      await receiver.start();
    },
    async close() {
      const gone = isOpen ? client.disconnect() : Promise.resolve();
      if (isServing) await receiver.stop();
      await Promise.race([gone, sleep(LONGEST_GOODBYE_MS)]);
    },
  };
}

/** Tries until it is connected or the app stops. */
async function stayConnected(
  connect: () => Promise<unknown>,
  { log, waitsMs = WAITS_MS }: SocketParts,
  { index, signal }: { index: number; signal: AbortSignal },
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const wait = waitsMs[Math.min(attempt, waitsMs.length - 1)] ?? 0;
    try {
      await sleep(wait, undefined, { signal });
      await connect();
      if (attempt > 0) log.info('The socket to Slack stands again.', { line: index, attempts: attempt + 1 });
      return;
    } catch (error) {
      if (signal.aborted) return;
      // Said once a run of failures, and then again at every tenth.
      if (attempt % 10 === 0) log.warn('Slack cannot be reached over a socket.', { line: index, error });
    }
  }
}
