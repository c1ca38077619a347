import { useState } from 'preact/hooks';
import type { StoryStatus } from '../../story.js';
import type { Deed } from './context.js';
import { usePage } from './context.js';
import { html, type View } from './html.js';

const JOURNEYS: readonly { readonly label: string; readonly what: string; readonly deed: Deed }[] = [
  { label: 'Tomorrow morning', what: 'new bills, and an alert', deed: { do: 'travel', to: 'tomorrow' } },
  { label: 'Next Monday', what: 'the weekly digests', deed: { do: 'travel', to: 'next-monday' } },
  { label: 'Month end', what: 'the month can be closed', deed: { do: 'travel', to: 'month-end' } },
  { label: 'Start over', what: 'as it was this morning', deed: { do: 'restart' } },
];

const DATE = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** What day it is at the company, and the way to another one. */
export function TimeMenu({ story }: { story: StoryStatus }): View {
  const { act } = usePage();
  const [isOpen, setOpen] = useState(false);
  const go = (deed: Deed): void => {
    setOpen(false);
    void act(deed);
  };
  if (story.busy !== null)
    return html`<span class="time-busy" role="status"><span class="time-spinner" aria-hidden="true"></span>${story.busy}…</span>`;
  return html`<div class="time-menu">
    <button type="button" class="time-button" aria-haspopup="menu" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}
      title="Travel on in time">
      <span class="time-date">${DATE.format(story.nowMs)}</span> <span aria-hidden="true">▸▸</span>
    </button>
    ${
      isOpen
        ? html`<div class="time-list" role="menu" aria-label="Travel in time">
          ${JOURNEYS.map(
            ({
              label,
              what,
              deed,
            }) => html`<button type="button" role="menuitem" key=${label} onClick=${() => go(deed)}>
              <strong>${label}</strong><small>${what}</small>
            </button>`,
          )}
        </div>`
        : null
    }
  </div>`;
}
