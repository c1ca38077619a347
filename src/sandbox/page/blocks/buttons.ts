import { useState } from 'preact/hooks';
import type { Confirm as ConfirmObject } from '../../slack/block-kit/text.js';
import { plain } from '../chat/text.js';
import { html, type View } from '../shell/html.js';
import { ConfirmDialog } from './confirm.js';
import { DotsMenu } from './dots-menu.js';
import type { ElementOf, ElementProps } from './element-props.js';
import { usePanel } from './panel.js';

/** Runs an act at once, or after the element's confirmation dialog. Returns the dialog to draw and the starter. */
function useConfirmed(confirm: ConfirmObject | undefined): {
  dialog: View;
  start: (act: () => void) => void;
} {
  const [waiting, setWaiting] = useState<(() => void) | null>(null);
  const start = (act: () => void): void => {
    if (confirm) setWaiting(() => act);
    else act();
  };
  const dialog =
    waiting && confirm
      ? html`<${ConfirmDialog}
          confirm=${confirm}
          onDone=${(isConfirmed: boolean) => {
            setWaiting(null);
            if (isConfirmed) waiting();
          }}
        />`
      : null;
  return { dialog, start };
}

/** A button; one with a `url` also opens it. */
export function ActionButton({ blockId, element }: ElementProps<ElementOf<'button'>>): View {
  const panel = usePanel();
  const [isBusy, setBusy] = useState(false);
  const { dialog, start } = useConfirmed(element.confirm);
  const press = async (): Promise<void> => {
    setBusy(true);
    await panel.press({ blockId, actionId: element.action_id ?? '' });
    setBusy(false);
  };
  const onClick = (): void => {
    start(() => void press());
  };
  const className = `button ${element.style ?? 'plain'}`;
  const label = element.accessibility_label;
  if (element.url) {
    return html`<a class=${className} href=${safeUrl(element.url)} target="_blank" rel="noreferrer" aria-label=${label} onClick=${onClick}>
      ${plain(element.text.text)}
    </a>`;
  }
  return html`<button type="button" class=${className} aria-label=${label} aria-busy=${isBusy} disabled=${isBusy} onClick=${onClick}>
      ${plain(element.text.text)}
    </button>
    ${dialog}`;
}

/** The three dots with up to five options. */
export function OverflowMenu({ blockId, element }: ElementProps<ElementOf<'overflow'>>): View {
  const panel = usePanel();
  const { dialog, start } = useConfirmed(element.confirm);
  const items = element.options.map((option) => ({
    value: option.value,
    title: plain(option.text.text),
    note: option.description ? plain(option.description.text) : null,
  }));
  const pick = (value: string): void => {
    start(() => void panel.press({ blockId, actionId: element.action_id ?? '' }, value));
  };
  return html`<${DotsMenu} className="button plain" items=${items} onPick=${pick} />${dialog}`;
}

function safeUrl(url: string): string | undefined {
  return /^https?:/.test(url) ? url : undefined;
}
