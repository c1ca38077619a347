import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { figureOfReport } from '../../core/lineage/figure.js';
import { findClaim } from '../../usecases/claims/list-claims.js';
import { showSpend } from '../../usecases/spend/show-spend.js';
import { type Asker, onForm, onShortcut } from '../kit/listener.js';
import { contextOf, type Surface } from '../kit/request.js';
import { subjectOfMessage } from '../lineage/about.js';
import type { RuleForm } from '../rules/form.js';
import { editorFor, editorForNew, openRuleForm } from '../rules/forms.js';
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

/** Global shortcuts, and the message shortcut that makes a rule of a message. */
export function listenShortcuts(app: App, surface: Surface): void {
  onShortcut(app, surface, { id: SHORTCUT.newRule, doing: 'opening a rule form' }, async (asked) => {
    await openRuleForm(surface, asked, () => editorForNew(asked.context, null));
  });
  const fromMessage = { id: SHORTCUT.newRuleFromMessage, doing: 'opening a rule form' };
  onShortcut(app, surface, fromMessage, async (asked) => {
    await openRuleForm(surface, asked, () => editorForMessage(surface, asked, asked.message));
  });
  const asking = { id: SHORTCUT.ask, doing: 'opening the form that asks about spend' };
  onShortcut(app, surface, asking, async ({ open }) => {
    await open('Ask about spend', async () => askView());
  });
  // The answer goes to the conversation that was chosen, for the asker's eyes only; else into a direct message.
  const sending = { id: ASK_VIEW_ID, doing: 'answering a question from a form' };
  onForm(app, surface, sending, async ({ client, user, view, tell }) => {
    const text = await typedText(surface, client, readAsk(view));
    await tell(await answerSpend(surface, { client, user, text, sharedBy: null }));
  });
}
