import type { App, GlobalShortcut, MessageShortcut } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { figureOfReport } from '../../core/lineage/figure.js';
import { findClaim } from '../../usecases/claims/list-claims.js';
import { showSpend } from '../../usecases/spend/show-spend.js';
import type { Message } from '../kit/blocks.js';
import { openModal, openRuleModal } from '../kit/modal.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../kit/request.js';
import { subjectOfMessage } from '../lineage/about.js';
import type { RuleForm } from '../rules/form.js';
import { editorFor, editorForNew } from '../rules/forms.js';
import { formOfClaim, formOfFigure } from '../rules/prefilled-form.js';
import { ASK_VIEW_ID, askView, readAsk } from '../spend/form.js';
import { answerSpend, typedText } from '../spend/listen.js';

/**
 * Shortcuts as the manifest declares them.
 * @internal The test of manifest.yml compares it.
 */
export const SHORTCUT = {
  newRule: 'new_rule',
  newRuleFromMessage: 'new_rule_from_message',
  ask: 'ask_spend',
} as const;
/** The forms that this file answers. */
export const SHORTCUT_VIEW_IDS: readonly string[] = [ASK_VIEW_ID];

interface Asker {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
}

/** The form of a new rule about what a message is about; null when it is about nothing that a rule could be. */
async function formOfMessage(surface: Surface, asker: Asker, message: unknown): Promise<RuleForm | null> {
  const about = subjectOfMessage(message);
  if (about === null) return null;
  const context = contextOf(surface, asker.user);
  if (about.kind === 'claim') {
    const claim = await findClaim(context, about.claimId);
    return claim === null ? null : formOfClaim(claim.subject);
  }
  const { why } = about;
  if ('figure' in why) return formOfFigure(why.figure.dimension, why.figure.where);
  const viewer = await surface.access.viewerOf(asker.client, asker.user.id);
  const found = await showSpend(context, { text: why.ask, askedBy: viewer.email, viewer });
  if (found.kind !== 'report' || found.report.asIs !== undefined) return null;
  const { dimension, where } = figureOfReport(found.report);
  return formOfFigure(dimension, where);
}

/** The rule editor, filled in with what the message is about, as far as it is about anything. */
async function editorForMessage(surface: Surface, asker: Asker, message: unknown): Promise<ModalView> {
  const context = contextOf(surface, asker.user);
  const form = await formOfMessage(surface, asker, message);
  return form === null ? editorForNew(context, null) : editorFor(context, form);
}

/** Tells somebody in a direct message, where there is no conversation to answer in. */
function tell(client: WebClient, userId: string): (message: Message) => Promise<unknown> {
  return ({ text, blocks }) => client.chat.postMessage({ channel: userId, text, blocks: [...blocks] });
}

/** Global shortcuts, and the message shortcut that makes a rule of a message. */
export function listenShortcuts(app: App, surface: Surface): void {
  const { log } = surface.context;
  const openRule = async (asker: Asker, triggerId: string, make: () => Promise<ModalView>): Promise<void> => {
    const { client, user } = asker;
    const request = { client, triggerId, userId: user.id, isInModal: false };
    await attempt(
      log,
      'opening a rule form',
      async () => {
        await openRuleModal(surface, request, make);
      },
      tell(client, user.id),
    );
  };

  app.shortcut<GlobalShortcut>(
    { callback_id: SHORTCUT.newRule, type: 'shortcut' },
    async ({ ack, shortcut, client }) => {
      await ack();
      const asker = { client, user: userOf(shortcut.user) };
      await openRule(asker, shortcut.trigger_id, () => editorForNew(contextOf(surface, asker.user), null));
    },
  );
  app.shortcut<MessageShortcut>(
    { callback_id: SHORTCUT.newRuleFromMessage, type: 'message_action' },
    async ({ ack, shortcut, client }) => {
      await ack();
      const asker = { client, user: userOf(shortcut.user) };
      await openRule(asker, shortcut.trigger_id, () => editorForMessage(surface, asker, shortcut.message));
    },
  );
  app.shortcut<GlobalShortcut>(
    { callback_id: SHORTCUT.ask, type: 'shortcut' },
    async ({ ack, shortcut, client }) => {
      await ack();
      const request = { client, triggerId: shortcut.trigger_id, isInModal: false };
      const about = { title: 'Ask about spend', doing: 'opening the form that asks about spend' };
      await attempt(
        log,
        about.doing,
        async () => {
          await openModal(surface, request, about, async () => askView());
        },
        tell(client, shortcut.user.id),
      );
    },
  );
  listenAsk(app, surface);
}

/** The answer goes to the conversation that was chosen, for the asker's eyes only; else into a direct message. */
function listenAsk(app: App, surface: Surface): void {
  app.view(
    { callback_id: ASK_VIEW_ID, type: 'view_submission' },
    async ({ ack, body, view, client, respond }) => {
      await ack();
      const user = userOf(body.user);
      const isPlaced = 'response_urls' in body && (body.response_urls ?? []).length > 0;
      const say = async (message: Message): Promise<void> => {
        const { text, blocks } = message;
        if (isPlaced) await answer(respond, message);
        else await client.chat.postMessage({ channel: user.id, text, blocks: [...blocks] });
      };
      await attempt(
        surface.context.log,
        'answering a question from a form',
        async () => {
          const text = await typedText(surface, client, readAsk(view));
          await say(await answerSpend(surface, { client, user, text, sharedBy: null }));
        },
        say,
      );
    },
  );
}
