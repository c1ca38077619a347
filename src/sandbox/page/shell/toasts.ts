import { useCallback, useRef, useState } from 'preact/hooks';
import { html, type View } from './html.js';

const SHOWN_MS = 6000;

/** A short note at the bottom of the page. */
export interface Toast {
  readonly id: number;
  readonly sentence: string;
}

/** The notes shown now, and how to show one more. */
export function useToasts(): { toasts: readonly Toast[]; toast: (sentence: string) => void } {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const serial = useRef(0);
  const toast = useCallback((sentence: string) => {
    serial.current += 1;
    const id = serial.current;
    setToasts((before) => [...before.filter((one) => one.sentence !== sentence), { id, sentence }].slice(-3));
    setTimeout(() => setToasts((before) => before.filter((one) => one.id !== id)), SHOWN_MS);
  }, []);
  return { toasts, toast };
}

/** Draws the notes; screen readers hear them. */
export function Toasts({ toasts }: { toasts: readonly Toast[] }): View {
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.map(({ id, sentence }) => html`<p class="toast" key=${id}>${sentence}</p>`)}
  </div>`;
}
