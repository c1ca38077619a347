import type { KnownBlock, ModalView } from '@slack/types';
import { ACTION, VIEW } from '../rules/ids.js';
import { actions, button, plain, section } from './blocks.js';

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
    ...(back === null ? [] : [actions(button({ id: ACTION.back, label: 'Back' }))]),
  ];
  return {
    type: 'modal',
    callback_id: VIEW.status,
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

/** Shown while a preview is worked out. */
export function workingView(): ModalView {
  return statusView({ title: 'Preview', sentence: 'Working out what this moves …' });
}
