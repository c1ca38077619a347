import type { SandboxPerson } from '../../slack/model.js';
import { usePage } from './context.js';
import { html, type View } from './html.js';
import { Avatar, faceOf } from './people.js';
import { TimeMenu } from './time-menu.js';

/** Workspace name and, at the right, who one is acting as. */
export function TopBar(props: {
  isMenuOpen: boolean;
  onMenu: () => void;
  onPerson: (id: string) => void;
}): View {
  const { state } = usePage();
  const { me } = state;
  const personas = state.people.filter((person) => state.personas.includes(person.id));
  const others = state.people.filter((person) => !personas.includes(person));
  const onChange = (event: { currentTarget: HTMLSelectElement }): void =>
    props.onPerson(event.currentTarget.value);
  return html`<header class="top-bar">
    <button type="button" class="menu-button" aria-label="Conversations" aria-expanded=${props.isMenuOpen} aria-controls="sidebar" onClick=${props.onMenu}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path d="M3 5h14M3 10h14M3 15h14" stroke="currentColor" stroke-width="2" stroke-linecap="round" /></svg>
    </button>
    <h1>${state.team}</h1>
    <span class="sandbox-badge">Sandbox</span>
    ${state.story ? html`<${TimeMenu} story=${state.story} />` : null}
    <label class="acting">
      <${Avatar} face=${faceOf(state, { kind: 'person', id: me.id })} size=${26} />
      <span class="acting-word">acting as</span>
      <select aria-label="Acting as" value=${me.id} onChange=${onChange}>
        <optgroup label="Try these">${personas.map(optionOf)}</optgroup>
        <optgroup label="Everybody else">${others.map(optionOf)}</optgroup>
      </select>
    </label>
  </header>`;
}

function optionOf(person: SandboxPerson): View {
  return html`<option key=${person.id} value=${person.id}>
    ${person.name}${person.title ? ` — ${person.title}` : ''}
  </option>`;
}
