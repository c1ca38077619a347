import type { App, ViewOutput } from '@slack/bolt';
import { AppError, publicMessage } from '../../core/base/errors.js';
import type { ApprovalNeed } from '../../core/rule-review/approval.js';
import { type Asker, type Click, onClick, onForm, type Read } from '../kit/listener.js';
import { type OpenModal, updateModal } from '../kit/modal.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, logFailure, type Surface } from '../kit/request.js';
import { BACK_ID, STATUS_VIEW_ID, statusView } from '../kit/status-view.js';
import { needSentence } from './approval-message.js';
import { type Back, PreviewMetadata, packPreview } from './back.js';
import { checkForm, type FormErrors } from './build-edit.js';
import { type RuleForm, withoutRow, withPaste, withRow } from './form.js';
import { editOf, editorFor, viewOfBack } from './forms.js';
import { ACTION, BLOCK, VIEW } from './ids.js';
import { readMoveForm } from './move-view.js';
import { previewView } from './preview-view.js';
import { readForm } from './read-form.js';
import { readRetireForm } from './retire-view.js';

type Who = Asker['user'];

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
    const done = `Committed: version ${submission.version.number} of the rules is in force.`;
    const show = (sentence: string) =>
      updateModal(
        surface,
        modal,
        statusView({ title: 'Committed', sentence: `${done} ${sentence}`, isLast: true }),
      );
    await show('Allocating the months again …');
    try {
      await surface.runJob('reallocate');
      await show('All months are allocated again.');
    } catch (error) {
      // The commit stands: the stale months wait for the next run of the job.
      logFailure(surface.context.log, error, 'reallocating after a rule change');
      await show('Allocating the months again did not work just now; it will be tried again by itself.');
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

/** Draws the editor again with what a click changed; nothing that was typed is lost. */
async function redraw(
  surface: Surface,
  { client, user, context, body: { view } }: Click<undefined>,
  change: (form: RuleForm) => RuleForm,
): Promise<void> {
  if (view === undefined) return;
  const modal = { client, viewId: view.id, hash: view.hash };
  const form = change(readForm(view));
  const work = async () => {
    await surface.access.requireRuleEditor(client, user.id);
    await updateModal(surface, modal, await editorFor(context, form));
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

const UNREADABLE = statusView({
  title: 'Not done',
  sentence: 'This form is from an older version of the app; please open it again.',
});

function readOrRefuse<T>(surface: Surface, read: () => T): Read<T> {
  try {
    return { ok: true, form: read() };
  } catch (error) {
    logFailure(surface.context.log, error, 'reading a form');
    return { ok: false, instead: UNREADABLE };
  }
}

function listenToForms(app: App, surface: Surface): void {
  const on = <K extends Back['kind']>(
    kind: K,
    read: (view: ViewOutput) => Read<Back & { kind: K }>,
  ): void => {
    const working = { title: 'Preview', sentence: 'Working out what this moves …' };
    const form = { id: VIEW[kind], doing: 'previewing a rule change', read, working };
    onForm(app, surface, form, async ({ client, user, view, form: back }) => {
      await preview(surface, { client, viewId: view.id }, { user, back });
    });
  };
  on('editor', (view) => {
    const read = readOrRefuse(surface, () => ({ kind: 'editor' as const, form: readForm(view) }));
    const errors = read.ok ? checkForm(read.form.form) : {};
    return Object.keys(errors).length === 0 ? read : { ok: false, errors: placedIn(view, errors) };
  });
  on('retire', (view) => readOrRefuse(surface, () => ({ kind: 'retire', form: readRetireForm(view) })));
  on('move', (view) => readOrRefuse(surface, () => ({ kind: 'move', form: readMoveForm(view) })));
  const committing = {
    id: VIEW.preview,
    doing: 'committing a rule change',
    read: (view: ViewOutput) =>
      readOrRefuse(surface, () => unpackPayload(PreviewMetadata, view.private_metadata)),
    working: { title: 'Committing', sentence: 'Committing …' },
  };
  onForm(app, surface, committing, async ({ client, user, view, form: metadata }) => {
    await commit(surface, { client, viewId: view.id }, { user, metadata });
  });
  for (const id of [STATUS_VIEW_ID, VIEW.list])
    onForm(app, surface, { id, doing: 'closing a form' }, async () => undefined);
}

/** The rule forms: fields that depend on one another, preview, commit, and the way back. */
export function listenRuleEditor(app: App, surface: Surface): void {
  const on = (id: string, change: (form: RuleForm, value: number) => RuleForm): void =>
    onClick(app, surface, { id, doing: 'changing a rule form' }, (click) =>
      redraw(surface, click, (form) => change(form, Number(click.value))),
    );
  for (const id of [
    ACTION.dimension,
    ACTION.attribute,
    ACTION.operator,
    ACTION.targetKind,
    ACTION.splitMethod,
  ])
    on(id, (form) => form);
  on(ACTION.addRow, withRow);
  on(ACTION.pasteMore, withPaste);
  on(ACTION.removeRow, withoutRow);
  const goingBack = { id: BACK_ID, doing: 'going back to a rule form' };
  onClick(app, surface, goingBack, async ({ client, user, context, body: { view } }) => {
    if (view === undefined) return;
    const modal = { client, viewId: view.id, hash: view.hash };
    const work = async () => {
      await surface.access.requireRuleEditor(client, user.id);
      const { back } = unpackPayload(PreviewMetadata, view.private_metadata);
      if (back === null) return;
      await updateModal(surface, modal, await viewOfBack(context, back));
    };
    await inModal(surface, modal, { doing: goingBack.doing, back: null, work });
  });
  listenToForms(app, surface);
}
