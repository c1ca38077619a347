import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { AppError, publicMessage } from '../../core/base/errors.js';
import { logFailure, type Surface } from './request.js';
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
interface ModalRequest {
  readonly client: WebClient;
  readonly triggerId: string;
  /** True in a modal: the new one goes on top of it. */
  readonly isInModal: boolean;
}

/**
 * Opens a modal: a light one at once, since the trigger dies after three seconds, then what `make` gives; or why
 * not, under the title. Returns the refusal's sentence, null when it was opened.
 */
export async function openModal(
  surface: Surface,
  request: ModalRequest,
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
