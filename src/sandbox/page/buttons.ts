import { useEffect, useRef, useState } from 'preact/hooks';
import type { Confirm as ConfirmObject } from '../slack/block-kit/text.js';
import { ConfirmDialog } from './confirm.js';
import type { ElementOf, ElementProps } from './element-props.js';
import { html, type View } from './html.js';
import { usePanel } from './panel.js';
import { placeAt } from './place.js';
import { plain } from './text.js';

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
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const { dialog, start } = useConfirmed(element.confirm);
  useEffect(() => {
    if (isOpen) root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [isOpen]);
  const choose = (value: string): void => {
    setOpen(false);
    start(() => void panel.press({ blockId, actionId: element.action_id ?? '' }, value));
  };
  return html`<div
    class="overflow"
    ref=${root}
    onKeyDown=${(event: KeyboardEvent) => {
      moveInMenu(event, root.current, () => setOpen(false));
    }}
    onFocusOut=${(event: FocusEvent) => {
      if (!(event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget)))
        setOpen(false);
    }}
  >
    <button type="button" class="button plain dots" aria-label="More actions" aria-haspopup="menu" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>
      <span aria-hidden="true">⋯</span>
    </button>
    ${
      isOpen
        ? html`<div class="popover menu" role="menu" style=${placeAt(root.current, 220, 260)}>
          ${element.options.map(
            (
              option,
            ) => html`<button type="button" role="menuitem" tabindex="-1" onClick=${() => choose(option.value)}>
              ${plain(option.text.text)}
              ${option.description ? html`<small>${plain(option.description.text)}</small>` : null}
            </button>`,
          )}
        </div>`
        : null
    }
    ${dialog}
  </div>`;
}

/** Arrow keys walk the items of an open menu; Escape closes it and nothing around it. */
function moveInMenu(event: KeyboardEvent, root: HTMLElement | null, close: () => void): void {
  const items = [...(root?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  if (items.length === 0) return;
  if (event.key === 'Escape') {
    event.stopPropagation();
    close();
    root?.querySelector('button')?.focus();
  }
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}

function safeUrl(url: string): string | undefined {
  return /^https?:/.test(url) ? url : undefined;
}
