import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { ChartRequest } from '../../charts/spec.js';
import type { Picture } from '../kit/blocks.js';
import type { Log } from '../kit/context.js';
import { type DrawChart, type Place, uploadChart } from '../kit/picture.js';
import { readTrouble } from '../kit/slack-error.js';
import type { Entry } from './address.js';
import { waitForFile } from './chart.js';

/** A message that stands and is recorded, and the chart that belongs to it. */
export interface Uncharted {
  readonly entry: Entry;
  readonly place: Place;
  readonly chart: ChartRequest;
  /** Whether the chart is shown in the message too, not only in its thread. */
  readonly isShown: boolean;
}

/** What a chart queue works with. */
export interface ChartQueueDeps {
  readonly client: WebClient;
  readonly drawChart: DrawChart;
  readonly log: Log;
  /** Edits the message so that it shows the chart, unless it is about something else by now. */
  readonly show: (uncharted: Uncharted, chart: Picture) => Promise<void>;
  /** Tests have their own clock; rejects when `signal` says so. */
  readonly pause?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** Slack's own word on when to ask again is heeded up to here. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Brings charts to messages, one after another, beside the deliveries. Nothing of it is written down, and nothing
 * here posts a message: after a crash or any trouble a chart is missed, which is the smaller harm.
 */
export class ChartQueue {
  readonly #deps: ChartQueueDeps;
  readonly #stopping = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(deps: ChartQueueDeps) {
    this.#deps = deps;
  }

  add(uncharted: readonly Uncharted[]): void {
    this.#last = this.#last.then(() => this.#bring(uncharted));
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.#last;
      await seen;
    } while (seen !== this.#last);
  }

  /** Gives up what is still to do and resolves when nothing is at work. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#last;
  }

  /** All into their threads first: by then Slack has processed most of them. */
  async #bring(batch: readonly Uncharted[]): Promise<void> {
    const hung: { uncharted: Uncharted; picture: Picture }[] = [];
    for (const uncharted of batch) {
      const picture = await this.#try('A chart is missing from a thread.', uncharted, () =>
        this.#hang(uncharted),
      );
      if (picture !== null && uncharted.isShown) hung.push({ uncharted, picture });
    }
    for (const { uncharted, picture } of hung) {
      await this.#try('A chart stays in its thread.', uncharted, () => this.#show(uncharted, picture));
    }
  }

  /** Null when the work failed, with a word of it in the log, or is not wanted any more. */
  async #try<T>(trouble: string, { entry }: Uncharted, work: () => Promise<T>): Promise<T | null> {
    const { signal } = this.#stopping;
    if (signal.aborted) return null;
    try {
      return await work();
    } catch (error) {
      if (!signal.aborted) this.#deps.log.warn(trouble, { key: entry.notice.key, error });
      return null;
    }
  }

  async #hang({ chart, place }: Uncharted): Promise<Picture> {
    const drawn = await this.#deps.drawChart(chart);
    return this.#patiently(() => uploadChart(this.#deps.client, drawn, place));
  }

  async #show(uncharted: Uncharted, picture: Picture): Promise<void> {
    const { client, show } = this.#deps;
    const look = () => this.#patiently(() => client.files.info({ file: picture.fileId }));
    await waitForFile(look, (ms) => this.#pause(ms));
    await this.#patiently(() => show(uncharted, picture));
  }

  /** Once more after the pause that Slack asks for: on a Monday morning there are many charts. */
  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const trouble = readTrouble(error);
      if (trouble.kind !== 'later' || trouble.retryAfterMs === null) throw error;
      await this.#pause(Math.min(trouble.retryAfterMs, LONGEST_PAUSE_MS));
      return call();
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    return this.#deps.pause?.(ms, signal) ?? sleep(ms, undefined, { signal });
  }
}
