import type { KnownBlock, ModalView } from '@slack/types';
import { actions, button, plain, section } from './blocks.js';

/** The callback id of a modal that only says something. */
export const STATUS_VIEW_ID = 'rules.status';
/** The button that leads from there back to the form. */
export const BACK_ID = 'rules.back';

/** A modal that only says something: working, refused, done. */
export function statusView(spec: {
  readonly title: string;
  readonly sentence: string;
  /** What the Back button brings back (see `packBack`); null: no such button. */
  readonly back?: string | null;
  /** Closing it closes everything: nothing below it still holds. */
  readonly isLast?: boolean;
}): ModalView {
  const back = spec.back ?? null;
  const blocks: KnownBlock[] = [
    section(spec.sentence),
    ...(back === null ? [] : [actions(button({ id: BACK_ID, label: 'Back' }))]),
  ];
  return {
    type: 'modal',
    callback_id: STATUS_VIEW_ID,
    title: plain(spec.title, 24),
    close: plain('Close', 24),
    ...(back === null ? {} : { private_metadata: back }),
    ...(spec.isLast === true ? { clear_on_close: true } : {}),
    blocks,
  };
}

/** Shown the moment a form is asked for, since a trigger lives for three seconds only. */
export function loadingView(): ModalView {
  return statusView({ title: 'Apportion', sentence: 'One moment …' });
}
