import type { App, BlockAction, ButtonAction, ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { AppError, publicMessage } from '../../core/base/errors.js';
import type { ApprovalNeed } from '../../core/rule-review/approval.js';
import { type OpenModal, updateModal } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, logFailure, type Surface, userOf } from '../kit/request.js';
import { BACK_ID, STATUS_VIEW_ID, statusView, workingView } from '../kit/status-view.js';
import { needSentence } from './approval-message.js';
import { type Back, PreviewMetadata, packPreview } from './back.js';
import { checkForm, type FormErrors } from './build-edit.js';
import type { RuleForm } from './form.js';
import { withoutRow, withPaste, withRow } from './form-rows.js';
import { editOf, editorFor, viewOfBack } from './forms.js';
import { ACTION, BLOCK, VIEW } from './ids.js';
import { readMoveForm } from './move-view.js';
import { previewView } from './preview-view.js';
import { readForm } from './read-form.js';
import { readRetireForm } from './retire-view.js';

interface Who {
  readonly id: string;
  readonly name: string;
}

/** Buttons and selects of the forms that this file answers. */
export const EDITOR_ACTION_IDS: readonly string[] = [
  ACTION.dimension,
  ACTION.attribute,
  ACTION.operator,
  ACTION.targetKind,
  ACTION.splitMethod,
  ACTION.pasteMore,
  ACTION.addRow,
  ACTION.removeRow,
  BACK_ID,
];
export const RULE_VIEW_IDS: readonly string[] = [
  VIEW.editor,
  VIEW.retire,
  VIEW.move,
  VIEW.preview,
  STATUS_VIEW_ID,
  VIEW.list,
];

/** Shows a sentence in the modal, with the way back to the form when there is room to keep it. */
async function showTrouble(
  surface: Surface,
  modal: OpenModal,
  trouble: { readonly error: unknown; readonly doing: string; readonly back: Back | null },
): Promise<void> {
  logFailure(surface.context.log, trouble.error, trouble.doing);
  const { packed, hasBack } = packPreview({ draft: null, back: trouble.back });
  const sentence = publicMessage(trouble.error);
  await updateModal(
    surface,
    modal,
    statusView({ title: 'Not done', sentence, back: hasBack ? packed : null }),
  );
}

/** Runs work on an open modal; nothing is thrown, a failure is shown in the modal itself. */
async function inModal(
  surface: Surface,
  modal: OpenModal,
  spec: { readonly doing: string; readonly back: Back | null; readonly work: () => Promise<void> },
): Promise<void> {
  try {
    await spec.work();
  } catch (error) {
    await showTrouble(surface, { client: modal.client, viewId: modal.viewId }, { ...spec, error }).catch(
      (untold: unknown) => surface.context.log.warn('The person could not be told.', { error: untold }),
    );
  }
}

/** Works out what a form would move and shows it in place of the working view. */
async function preview(surface: Surface, modal: OpenModal, ask: { user: Who; back: Back }): Promise<void> {
  const { user, back } = ask;
  const work = async () => {
    await surface.access.requireRuleEditor(modal.client, user.id);
    const context = contextOf(surface, user);
    const edit = await editOf(context, back);
    const previewed = await surface.run(context.actor, 'preview-rules', { edit, note: back.form.note });
    await updateModal(surface, modal, previewView(previewed, back));
  };
  await inModal(surface, modal, { doing: 'previewing a rule change', back, work });
}

/** Commits the draft or asks for its approval, then lets its consequences follow; each step is shown. */
async function commit(
  surface: Surface,
  modal: OpenModal,
  ask: { user: Who; metadata: PreviewMetadata },
): Promise<void> {
  const { draft, back } = ask.metadata;
  const work = async () => {
    await surface.access.requireRuleEditor(modal.client, ask.user.id);
    if (draft === null) throw new AppError('invalid', 'There is nothing to commit here.');
    const submission = await surface.run(contextOf(surface, ask.user).actor, 'submit-rules', draft);
    if (submission.kind === 'waiting') return showWaiting(surface, modal, submission.need);
    const done = `Committed: version ${submission.version.number} of the rules holds.`;
    const show = (sentence: string) =>
      updateModal(
        surface,
        modal,
        statusView({ title: 'Committed', sentence: `${done} ${sentence}`, isLast: true }),
      );
    await show('Allocating the months anew …');
    try {
      await surface.runJob('reallocate');
      await show('All months are allocated anew.');
    } catch (error) {
      // The commit stands: the stale months wait for the next run of the job.
      logFailure(surface.context.log, error, 'reallocating after a rule change');
      await show('Allocating the months anew did not work just now; it will be tried again by itself.');
    }
    await deliver(surface);
  };
  await inModal(surface, modal, { doing: 'committing a rule change', back, work });
}

/** Says that somebody else decides now, and sees to it that FinOps is asked. */
async function showWaiting(surface: Surface, modal: OpenModal, need: ApprovalNeed): Promise<void> {
  const sentence = `${needSentence(need)} FinOps's channel is asked: anyone of FinOps but you may approve it there. Nothing counts before that.`;
  await updateModal(surface, modal, statusView({ title: 'Waits for approval', sentence, isLast: true }));
  await deliver(surface);
}

async function deliver(surface: Surface): Promise<void> {
  await surface.runJob('deliver').catch((error: unknown) => {
    logFailure(surface.context.log, error, 'delivering after a rule change');
  });
}

/** Draws the editor anew with what a click changed; nothing that was typed is lost. */
async function redraw(
  surface: Surface,
  args: { client: WebClient; body: BlockAction },
  change: (form: RuleForm) => RuleForm,
): Promise<void> {
  const { body, client } = args;
  if (body.view === undefined) return;
  const modal = { client, viewId: body.view.id, hash: body.view.hash };
  const form = change(readForm(body.view));
  const user = userOf(body.user);
  const work = async () => {
    await surface.access.requireRuleEditor(client, user.id);
    await updateModal(surface, modal, await editorFor(contextOf(surface, user), form));
  };
  await inModal(surface, modal, { doing: 'changing a rule form', back: { kind: 'editor', form }, work });
}

/** Slack refuses errors at blocks that are not in the view: those go to the first field. */
function placedIn(view: ViewOutput, errors: FormErrors): Record<string, string> {
  const blocks = new Set(view.blocks.map((block) => block.block_id));
  return Object.fromEntries<string>(
    Object.entries(errors).map(([block, sentence]) => [blocks.has(block) ? block : BLOCK.name, sentence]),
  );
}

function readOrNull<T>(surface: Surface, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    logFailure(surface.context.log, error, 'reading a form');
    return null;
  }
}

const UNREADABLE = statusView({
  title: 'Not done',
  sentence: 'This form is from an older version of the app; please open it again.',
});

function listenToForms(app: App, surface: Surface): void {
  app.view({ callback_id: VIEW.editor, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    const form = readOrNull(surface, () => readForm(view));
    if (form === null) return ack({ response_action: 'update', view: UNREADABLE });
    const errors = checkForm(form);
    if (Object.keys(errors).length > 0) {
      return ack({ response_action: 'errors', errors: placedIn(view, errors) });
    }
    await ack({ response_action: 'update', view: workingView() });
    const back: Back = { kind: 'editor', form };
    await preview(surface, { client, viewId: view.id }, { user: userOf(body.user), back });
  });

  app.view({ callback_id: VIEW.retire, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    const form = readOrNull(surface, () => readRetireForm(view));
    if (form === null) return ack({ response_action: 'update', view: UNREADABLE });
    await ack({ response_action: 'update', view: workingView() });
    const back: Back = { kind: 'retire', form };
    await preview(surface, { client, viewId: view.id }, { user: userOf(body.user), back });
  });

  app.view({ callback_id: VIEW.move, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    const form = readOrNull(surface, () => readMoveForm(view));
    if (form === null) return ack({ response_action: 'update', view: UNREADABLE });
    await ack({ response_action: 'update', view: workingView() });
    const back: Back = { kind: 'move', form };
    await preview(surface, { client, viewId: view.id }, { user: userOf(body.user), back });
  });

  app.view({ callback_id: VIEW.preview, type: 'view_submission' }, async ({ ack, body, view, client }) => {
    const metadata = readOrNull(surface, () => unpackPayload(PreviewMetadata, view.private_metadata));
    if (metadata === null) return ack({ response_action: 'update', view: UNREADABLE });
    const committing = statusView({ title: 'Committing', sentence: 'Committing …' });
    await ack({ response_action: 'update', view: committing });
    await commit(surface, { client, viewId: view.id }, { user: userOf(body.user), metadata });
  });

  for (const id of [STATUS_VIEW_ID, VIEW.list]) {
    app.view({ callback_id: id, type: 'view_submission' }, async ({ ack }) => {
      await ack();
    });
  }
}

/** The rule forms: fields that depend on one another, preview, commit, and the way back. */
export function listenRuleEditor(app: App, surface: Surface): void {
  for (const id of [
    ACTION.dimension,
    ACTION.attribute,
    ACTION.operator,
    ACTION.targetKind,
    ACTION.splitMethod,
  ]) {
    app.action<BlockAction>(id, async ({ ack, body, client }) => {
      await ack();
      await redraw(surface, { body, client }, (form) => form);
    });
  }
  app.action<BlockAction>(ACTION.addRow, async ({ ack, body, client }) => {
    await ack();
    await redraw(surface, { body, client }, withRow);
  });
  app.action<BlockAction<ButtonAction>>(ACTION.pasteMore, async ({ ack, action, body, client }) => {
    await ack();
    await redraw(surface, { body, client }, (form) => withPaste(form, Number(action.value)));
  });
  app.action<BlockAction<ButtonAction>>(ACTION.removeRow, async ({ ack, action, body, client }) => {
    await ack();
    await redraw(surface, { body, client }, (form) => withoutRow(form, Number(action.value)));
  });
  app.action<BlockAction>(BACK_ID, async ({ ack, body, client }) => {
    await ack();
    const { view } = body;
    if (view === undefined) return;
    const modal = { client, viewId: view.id, hash: view.hash };
    const user = userOf(body.user);
    const work = async () => {
      await surface.access.requireRuleEditor(client, user.id);
      const { back } = unpackPayload(PreviewMetadata, view.private_metadata);
      if (back === null) return;
      await updateModal(surface, modal, await viewOfBack(contextOf(surface, user), back));
    };
    await inModal(surface, modal, { doing: 'going back to a rule form', back: null, work });
  });
  listenToForms(app, surface);
}
