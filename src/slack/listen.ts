import type { App } from '@slack/bolt';
import { publicMessage } from '../core/base/errors.js';
import { listenAlerts } from './alerts/listen.js';
import { listenBudgets } from './budgets/listen.js';
import { listenClaims } from './claims/listen.js';
import { listenClose } from './close/listen.js';
import { listenDigests } from './digests/listen.js';
import { listenApportion } from './help/listen.js';
import { listenMentions } from './help/listen-mention.js';
import { listenShortcuts } from './help/listen-shortcuts.js';
import { listenHome, publishHome } from './home/listen.js';
import { listenInvoices } from './invoices/listen.js';
import { createAccess } from './kit/access.js';
import { sentenceMessage } from './kit/blocks.js';
import { admitColleagues } from './kit/colleagues.js';
import { NativeCharts } from './kit/native-chart.js';
import { createPeople } from './kit/people.js';
import { answer, logFailure, type SlackDeps, type Surface } from './kit/request.js';
import { statusView } from './kit/status-view.js';
import { listenExplain } from './lineage/listen.js';
import { listenSlackPeople } from './people/link.js';
import { listenRules } from './rules/listen.js';
import { listenApproval } from './rules/listen-approval.js';
import { listenRuleEditor } from './rules/listen-editor.js';
import { listenRuleHistory } from './rules/listen-history.js';
import { listenRuleOptions } from './rules/listen-options.js';
import { listenSettings } from './settings/listen.js';
import { listenSources } from './sources/listen.js';
import { listenSpend } from './spend/listen.js';

export type { SlackDeps } from './kit/request.js';

/**
 * Acks whatever no listener of ours claims: buttons of messages from an older version, commands of a newer
 * manifest. Without it a person sees "operation_timeout" after three seconds.
 */
function listenToTheRest(app: App, surface: Surface): void {
  const { log } = surface.context;
  app.command(/.*/, async ({ ack, command, respond }) => {
    if (surface.claimed.has(command.command)) return;
    await ack();
    log.warn('An unknown command came from Slack.', { command: command.command });
    await answer(respond, sentenceMessage(`${command.command} is not known here; try /apportion help.`));
  });
  app.action(/.*/, async ({ ack, action }) => {
    if ('action_id' in action && surface.claimed.has(action.action_id)) return;
    await ack();
    log.info('A click on something that is no longer ours.', {
      action: 'action_id' in action ? action.action_id : action.type,
    });
  });
  app.view({ type: 'view_submission' }, async ({ ack, view }) => {
    if (surface.claimed.has(view.callback_id)) return;
    await ack();
    log.warn('An unknown form was sent.', { callbackId: view.callback_id });
  });
  app.view({ type: 'view_closed' }, async ({ ack }) => {
    await ack();
  });
}

/**
 * Answers what a listener failed at before its own ack, such as a form of an older version that cannot be read: a form
 * shows why, anything else is at least taken. Silence would look like a failure of Slack's.
 */
function ackFailures(app: App, { context: { log } }: SlackDeps): void {
  app.use(async (args) => {
    const { next, body } = args;
    const ack: unknown = 'ack' in args ? args.ack : null;
    try {
      await next();
    } catch (error) {
      logFailure(log, error, 'answering Slack');
      if (typeof ack !== 'function') return;
      const view = statusView({ title: 'Not done', sentence: publicMessage(error), isLast: true });
      const isForm = 'type' in body && body.type === 'view_submission';
      try {
        await Reflect.apply(ack, undefined, isForm ? [{ response_action: 'update', view }] : []);
      } catch {
        // It was acked before it failed.
      }
    }
  });
}

/** Work of listeners that goes on after their ack. */
export interface Listening {
  /** Resolves when no listener is at work: `app.stop()` does not wait for them, so wait here before the store closes. */
  idle(): Promise<void>;
}

/** Counts requests from their first middleware to the end of their last listener. */
function trackWork(app: App): Listening {
  const inFlight = new Set<Promise<void>>();
  app.use(async ({ next }) => {
    const work = next();
    inFlight.add(work);
    try {
      await work;
    } finally {
      inFlight.delete(work);
    }
  });
  return {
    async idle() {
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
    },
  };
}

/** Registers every listener on an app that is not started yet. */
export function listen(app: App, deps: SlackDeps): Listening {
  const { log, clock } = deps.context;
  const people = createPeople(log, clock);
  const access = createAccess({ context: deps.context, settings: deps.settings, people });
  const surface: Surface = {
    ...deps,
    access,
    people,
    claimed: new Set(),
    charts: new NativeCharts(),
    publishHome: (at) => publishHome(surface, at),
  };
  const listening = trackWork(app);
  ackFailures(app, deps);
  admitColleagues(app, { context: deps.context, people });
  app.error(async (error) => {
    log.error('A Slack listener failed.', { error });
  });
  listenSpend(app, surface);
  listenAlerts(app, surface);
  listenExplain(app, surface);
  listenClaims(app, surface);
  listenSlackPeople(app, surface);
  listenHome(app, surface);
  listenApportion(app, surface);
  listenBudgets(app, surface);
  listenSettings(app, surface);
  listenSources(app, surface);
  listenShortcuts(app, surface);
  listenClose(app, surface);
  listenInvoices(app, surface);
  listenDigests(app, surface);
  listenMentions(app, surface);
  listenRules(app, surface);
  listenRuleEditor(app, surface);
  listenRuleOptions(app, surface);
  listenApproval(app, surface);
  listenRuleHistory(app, surface);
  listenToTheRest(app, surface);
  return listening;
}
