import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), textarea, select, [tabindex="0"]';

/**
 * Makes an element a dialog for the keyboard: focus goes in and stays in, Escape closes, and on closing focus
 * returns to where it was.
 */
export function useDialog(onClose: () => void): RefObject<HTMLDivElement> {
  const root = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  // Before the dialog is painted: a key pressed at once must already belong to it.
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const before = document.activeElement;
    const inside = [...element.querySelectorAll<HTMLElement>(FOCUSABLE)];
    const wanted = element.querySelector<HTMLElement>('[data-autofocus]');
    const first = inside.find((one) => one.matches('input, textarea, [role=combobox]'));
    (wanted ?? first ?? inside.at(-1))?.focus();
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        close.current();
      }
      if (event.key === 'Tab') keepInside(event, element);
    };
    element.addEventListener('keydown', onKeyDown);
    return () => {
      element.removeEventListener('keydown', onKeyDown);
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return root;
}

function keepInside(event: KeyboardEvent, root: HTMLElement): void {
  const inside = [...root.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const edge = event.shiftKey ? inside[0] : inside.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? inside.at(-1) : inside[0])?.focus();
}
