import type { SeenConversation } from '../slack/snapshot.js';
import { usePage } from './context.js';
import { html, type View } from './html.js';
import { Avatar, faceOf } from './people.js';

/** The list of conversations, with a dot where something is unread. */
export function Sidebar({ current, isOpen }: { current: string; isOpen: boolean }): View {
  const { state } = usePage();
  const channels = state.conversations.filter((one) => one.kind === 'channel');
  const direct = state.conversations.filter((one) => one.kind === 'im');
  return html`<nav class=${isOpen ? 'sidebar open' : 'sidebar'} id="sidebar" aria-label="Conversations">
    <h2>Channels</h2>
    <ul>${channels.map((one) => html`<${Item} key=${one.id} conversation=${one} isCurrent=${one.id === current} />`)}</ul>
    <h2>Apps</h2>
    <ul>${direct.map((one) => html`<${Item} key=${one.id} conversation=${one} isCurrent=${one.id === current} />`)}</ul>
    <p class="about">A made-up Slack on this machine. The app’s listeners are the real ones; nothing leaves your computer.</p>
  </nav>`;
}

function Item({ conversation, isCurrent }: { conversation: SeenConversation; isCurrent: boolean }): View {
  const { state, openConversation } = usePage();
  const unread = conversation.messages.filter((message) => message.isUnread).length;
  const isUnread = unread > 0 && !isCurrent;
  const isIm = conversation.kind === 'im';
  const name = isIm ? state.app.name : conversation.name;
  return html`<li>
    <button
      type="button"
      class=${isUnread ? 'unread' : ''}
      aria-current=${isCurrent ? 'page' : undefined}
      aria-label=${isUnread ? `${name}, ${unread} unread` : name}
      onClick=${() => openConversation(conversation.id)}
    >
      ${isIm ? html`<${Avatar} face=${faceOf(state, { kind: 'app' })} size=${20} />` : html`<span class="hash" aria-hidden="true">${conversation.isPrivate ? '🔒' : '#'}</span>`}
      <span class="name">${name}</span>
      ${isUnread ? html`<span class="badge" aria-hidden="true">${unread}</span>` : null}
    </button>
  </li>`;
}
