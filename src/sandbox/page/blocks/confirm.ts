import type { Confirm } from '../../slack/block-kit/text.js';
import { plain, Text } from '../chat/text.js';
import { html, type View } from '../shell/html.js';
import { useDialog } from '../shell/use-dialog.js';

/** The "are you sure" dialog of an element. */
export function ConfirmDialog({
  confirm,
  onDone,
}: {
  confirm: Confirm;
  onDone: (isConfirmed: boolean) => void;
}): View {
  const dialog = useDialog(() => onDone(false));
  return html`<div class="backdrop" ref=${dialog} tabindex="-1">
    <div class="dialog small" role="alertdialog" aria-modal="true" aria-labelledby="confirm-title" aria-describedby="confirm-text">
      <h2 id="confirm-title">${plain(confirm.title.text)}</h2>
      <div class="dialog-body" id="confirm-text"><${Text} text=${confirm.text} /></div>
      <div class="dialog-foot">
        <button type="button" class="button plain" onClick=${() => onDone(false)}>${plain(confirm.deny.text)}</button>
        <button type="button" class=${`button ${confirm.style ?? 'primary'}`} onClick=${() => onDone(true)}>
          ${plain(confirm.confirm.text)}
        </button>
      </div>
    </div>
  </div>`;
}
