import type { BlockAction, RespondFn } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { AppError, publicMessage } from '../../core/base/errors.js';
import { answer, attempt, logFailure, type Surface } from './request.js';
import { slackErrorCode } from './slack-error.js';
import { loadingView, statusView } from './status-view.js';

/** An open modal: `hash` guards against drawing over something newer; without it the last one wins. */
export interface OpenModal {
  readonly client: WebClient;
  readonly viewId: string;
  readonly hash?: string;
}

/** Redraws a modal. One that was closed, or has been redrawn meanwhile, is left alone. */
export async function updateModal(surface: Surface, modal: OpenModal, view: ModalView): Promise<void> {
  try {
    await modal.client.views.update({
      view_id: modal.viewId,
      view,
      ...(modal.hash === undefined ? {} : { hash: modal.hash }),
    });
  } catch (error) {
    const code = slackErrorCode(error);
    if (code !== 'not_found' && code !== 'hash_conflict') throw error;
    surface.context.log.info('A form was closed or redrawn meanwhile.', { code });
  }
}

/** What Slack says when the click is too old, or the form in which it was made is closed by now. */
const TOO_LATE = new Set([
  'not_found',
  'expired_trigger_id',
  'exchanged_trigger_id',
  'invalid_trigger_id',
  'push_limit_reached',
]);

function refuseLate(cause: unknown): never {
  if (!TOO_LATE.has(slackErrorCode(cause) ?? '')) throw cause;
  throw new AppError('invalid', 'That took too long to open, or was closed meanwhile; please try again.', {
    cause,
  });
}

/** Where a modal is asked for. */
export interface ModalRequest {
  readonly client: WebClient;
  readonly triggerId: string;
  readonly userId: string;
  /** True in a modal: the new one goes on top of it. */
  readonly isInModal: boolean;
}

/**
 * Opens a modal: a light one at once, since the trigger dies after three seconds, then what `make` gives; or why
 * not, under the title. Returns the refusal's sentence, null when it was opened.
 */
export async function openModal(
  surface: Surface,
  request: Omit<ModalRequest, 'userId'>,
  about: { readonly title: string; readonly doing: string },
  make: () => Promise<ModalView>,
): Promise<string | null> {
  const { client, triggerId } = request;
  const opening = { trigger_id: triggerId, view: loadingView() };
  const opened = await (request.isInModal ? client.views.push(opening) : client.views.open(opening)).catch(
    refuseLate,
  );
  const viewId = opened.view?.id;
  if (viewId === undefined) throw new AppError('upstream', 'Slack opened no form; please try again.');
  const modal = { client, viewId };
  try {
    await updateModal(surface, modal, await make());
    return null;
  } catch (error) {
    logFailure(surface.context.log, error, about.doing);
    const sentence = publicMessage(error);
    await updateModal(surface, modal, statusView({ title: about.title, sentence }));
    return sentence;
  }
}

/** Opens a modal for a rule editor, as `openModal` does; others are told that they may not. */
export async function openRuleModal(
  surface: Surface,
  request: ModalRequest,
  make: () => Promise<ModalView>,
): Promise<string | null> {
  const about = { title: 'Rules', doing: 'opening a rule form' };
  return openModal(surface, request, about, async () => {
    await surface.access.requireRuleEditor(request.client, request.userId);
    return make();
  });
}

/** A click in a message, on App Home or in a modal. */
export interface ClickArgs {
  readonly client: WebClient;
  readonly body: BlockAction;
  /** Absent on App Home and in modals. */
  readonly respond: RespondFn | undefined;
}

/** Opens a form for a rule editor from a click, on top of the modal when the click was in one. */
export async function openFromClick(
  surface: Surface,
  { client, body, respond }: ClickArgs,
  make: () => Promise<ModalView>,
): Promise<void> {
  const request = {
    client,
    triggerId: body.trigger_id,
    userId: body.user.id,
    isInModal: body.view?.type === 'modal',
  };
  await attempt(
    surface.context.log,
    'opening a rule form',
    async () => {
      await openRuleModal(surface, request, make);
    },
    async (message) => (respond === undefined ? undefined : answer(respond, message)),
  );
}
