import { resolve } from 'node:path';
import type { RunningApp } from '../app/running-app.js';
import type { Log } from '../usecases/context.js';
import { createStory } from './story.js';
import { startSandboxWeb } from './web.js';
import { openWorld } from './world.js';

/** A sandbox that is open at `address`; `filled` settles when bills, digests and alerts are in. */
export interface Sandbox extends RunningApp {
  readonly address: string;
  readonly filled: Promise<void>;
}

/**
 * The whole product without any account: the made-up company Larkspur, vendors that speak their protocols on
 * 127.0.0.1, a fake Slack behind the very same listeners, and a web page. Starts afresh each time; a visitor may
 * travel on in time, and begin again.
 */
export async function startSandbox(options: {
  port: number;
  clock: () => number;
  log: Log;
  folder?: string;
}): Promise<Sandbox> {
  const folder = resolve(options.folder ?? 'data/sandbox');
  const { clock, log, port } = options;
  const story = await createStory({ clock, log, open: (at) => openWorld({ clock: at, log, folder }) });
  const web = await startSandboxWeb({ slack: () => story.world.slack, story, port, host: '127.0.0.1' });
  const { personas, finopsChannel } = story.world.larkspur.slack;
  return {
    address: `${web.address}#${personas[0]}/${finopsChannel}`,
    filled: story.world.filled,
    async stop() {
      await story.stop();
      await web.close();
    },
  };
}
