import { useEffect, useRef, useState } from 'preact/hooks';
import { html, type View } from '../shell/html.js';
import { placeAt } from '../shell/place.js';

/** An item of a menu behind three dots; `title` and `note` are texts or rendered ones. */
interface DotsMenuItem {
  readonly value: string;
  readonly title: View | string;
  readonly note: View | string | null;
}

/** Three dots (or another icon) that open a menu; `className` is that of the dots. */
export function DotsMenu(props: {
  className: string;
  /** What the button is called; default: More actions. */
  label?: string;
  icon?: View;
  items: readonly DotsMenuItem[];
  onPick: (value: string) => void;
}): View {
  const { label = 'More actions' } = props;
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [isOpen]);
  const choose = (value: string): void => {
    setOpen(false);
    props.onPick(value);
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
    <button type="button" class=${`${props.className} dots`} aria-label=${label} title=${label} aria-haspopup="menu" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>
      ${props.icon ?? html`<span aria-hidden="true">⋯</span>`}
    </button>
    ${
      isOpen
        ? html`<div class="popover menu" role="menu" style=${placeAt(root.current, 220, 260)}>
          ${props.items.map(
            ({
              value,
              title,
              note,
            }) => html`<button key=${value} type="button" role="menuitem" tabindex="-1" onClick=${() => choose(value)}>
              ${title}
              ${note === null ? null : html`<small>${note}</small>`}
            </button>`,
          )}
        </div>`
        : null
    }
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
