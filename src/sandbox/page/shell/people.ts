import type { Author } from '../../slack/model.js';
import type { Snapshot } from '../../slack/snapshot.js';
import { html, type View } from './html.js';

const COLOURS = ['#0b6e4f', '#1d4e89', '#8a3b12', '#6b2d5c', '#5c6b00', '#7a1f3d', '#245c73', '#4a3f8f'];

/** Name, colour and kind of the author of a message. */
export interface Face {
  readonly name: string;
  readonly color: string;
  readonly kind: Author['kind'];
}

/** The face of an author. */
export function faceOf(state: Snapshot, author: Author): Face {
  if (author.kind === 'app') return { name: state.app.name, color: '#3b1d4a', kind: 'app' };
  if (author.kind === 'slackbot') return { name: 'Slackbot', color: '#5b5b66', kind: 'slackbot' };
  const index = state.people.findIndex((person) => person.id === author.id);
  const person = state.people[index];
  const color = person?.color ?? COLOURS[Math.max(index, 0) % COLOURS.length] ?? '#3b1d4a';
  return { name: person?.name ?? author.id, color, kind: 'person' };
}

/** A square with initials, or the app's mark. */
export function Avatar({ face, size = 36 }: { face: Face; size?: number }): View {
  const initials = face.name
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .slice(0, 2)
    .join('');
  const style = `background: ${face.color}; width: ${size}px; height: ${size}px; font-size: ${Math.round(size * 0.38)}px`;
  return html`<span class=${`avatar ${face.kind}`} style=${style} aria-hidden="true">
    ${face.kind === 'app' ? html`<${Mark} />` : initials}
  </span>`;
}

/** The app's mark: a whole with one part taken out. */
export function Mark(): View {
  return html`<svg viewBox="0 0 32 32" class="mark" aria-hidden="true">
    <path d="M15 8a9.5 9.5 0 1 0 9.5 9.5H15z" fill="#f4c95d" />
    <path d="M18 5v9.5h9.5A9.5 9.5 0 0 0 18 5z" fill="#ffffff" />
  </svg>`;
}
