import type { RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { AppError, publicMessage } from '../../core/base/errors.js';
import type { PlanRow } from '../../core/budgets/plan.js';
import type { RunTask } from '../../usecases/tasks.js';
import type { Access, SlackSettings } from './access.js';
import { type Message, sentenceMessage } from './blocks.js';
import type { Log, SlackContext } from './context.js';
import type { Download } from './download.js';
import type { NativeCharts } from './native-chart.js';
import type { People } from './people.js';
import type { DrawChart } from './picture.js';

/** What the Slack surface is handed by the app. */
export interface SlackDeps {
  readonly context: SlackContext;
  readonly settings: SlackSettings;
  /** Runs a background job by name in a worker and resolves when it is done; `deliver` is only set going. */
  readonly runJob: (name: 'reallocate' | 'deliver') => Promise<void>;
  /** Heavy work in the worker, by the name of its task. */
  readonly run: RunTask;
  /** Reads a pasted list of budgets. @throws AppError `invalid` naming row and column. */
  readonly readPlans: (file: { readonly name: string; readonly text: string }) => {
    readonly rows: readonly PlanRow[];
  };
  /** Draws in the worker. */
  readonly drawChart: DrawChart;
  /** Fetches a file that a person uploaded; absent: from Slack. */
  readonly download?: Download;
}

/** The App Home that stands in Slack, as far as it says. */
export interface HomeInSlack {
  readonly hash?: string | undefined;
  readonly private_metadata?: string | undefined;
}

/** `SlackDeps` and the small things that all listeners share. */
export interface Surface extends SlackDeps {
  /** Which workspaces draw Slack's own charts. */
  readonly charts: NativeCharts;
  readonly access: Access;
  readonly people: People;
  /** Ids of buttons, forms and commands that a listener has registered. */
  readonly claimed: Set<string>;
  /** Publishes a person's App Home, unless it shows the same already. */
  readonly publishHome: (at: {
    readonly client: WebClient;
    readonly user: { readonly id: string; readonly name: string };
    /** Of the teams, from 0. */
    readonly page: number;
    readonly standing: HomeInSlack | null;
  }) => Promise<void>;
}

/** The context of one request: its actor is the Slack user who clicked or typed. */
export function contextOf(
  surface: SlackDeps,
  user: { readonly id: string; readonly name: string },
): SlackContext {
  return { ...surface.context, actor: { kind: 'slack', userId: user.id, name: user.name } };
}

/** The name in a block action's user: `name` from App Home and modals, `username` from messages. */
export function userOf(user: { readonly id: string; readonly name?: string; readonly username?: string }): {
  readonly id: string;
  readonly name: string;
} {
  return { id: user.id, name: user.name ?? user.username ?? user.id };
}

/** Waits between the tries of an answer; Slack takes five answers at an address, within thirty minutes. */
const ANSWER_WAITS_MS = [300, 1_500, 5_000];

/**
 * Answers the person alone; `replace` puts the answer in place of the ephemeral message they clicked in. A busy or
 * broken Slack (429, 5xx, a cut connection) is tried again for a few seconds: seen twice is better than not at all.
 * @throws what the last try threw, at once for a refusal: Slack takes this message or this address no more.
 */
export async function answer(respond: RespondFn, message: Message, replace = false): Promise<void> {
  const { text, blocks } = message;
  for (const waitMs of [...ANSWER_WAITS_MS, null]) {
    try {
      await respond({ response_type: 'ephemeral', replace_original: replace, text, blocks: [...blocks] });
      return;
    } catch (error) {
      const status = respondStatus(error);
      const isRefusal = status !== null && status !== 429 && status < 500;
      if (isRefusal || waitMs === null) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** The HTTP status of an answer that Slack did not take; null for a connection that failed. */
export function respondStatus(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;
}

/** Notes a failure by its kind: what a person can mend is no fault of ours. */
export function logFailure(log: Log, error: unknown, doing: string): void {
  if (error instanceof AppError && error.code !== 'bug' && error.code !== 'upstream') {
    log.info(`Refused: ${doing}.`, { code: error.code, sentence: error.message });
  } else {
    log.error(`Failed: ${doing}.`, { error });
  }
}

/**
 * Runs a listener's work after its ack. A failure is told to the person in one sentence, the rest goes to the
 * log; nothing is thrown, because after the ack nobody is left to catch it.
 */
export async function attempt(
  log: Log,
  doing: string,
  work: () => Promise<void>,
  tell: (message: Message, sentence: string) => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    logFailure(log, error, doing);
    const sentence = publicMessage(error);
    try {
      await tell(sentenceMessage(sentence), sentence);
    } catch (untold) {
      log.warn('The person could not be told about it.', { doing, error: untold });
    }
  }
}
