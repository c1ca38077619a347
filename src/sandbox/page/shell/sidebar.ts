import type { SeenConversation } from '../../slack/snapshot.js';
import { usePage } from './context.js';
import { html, type View } from './html.js';
import { Avatar, faceOf } from './people.js';

/** The list of conversations, with a dot where something is unread. */
export function Sidebar({ current, isOpen }: { current: string; isOpen: boolean }): View {
  const { state } = usePage();
  const channels = state.conversations.filter((one) => one.kind === 'channel' && !one.isArchived);
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
      ${isIm ? html`<${Avatar} face=${faceOf(state, { kind: 'app' })} size=${20} />` : html`<span class="hash" aria-hidden="true">${conversation.isPrivate ? html`<${LockIcon} />` : '#'}</span>`}
      <span class="name">${name}</span>
      ${isUnread ? html`<span class="badge" aria-hidden="true">${unread}</span>` : null}
    </button>
  </li>`;
}

function LockIcon(): View {
  return html`<svg viewBox="0 0 20 20" width="13" height="13" fill="none" stroke="currentColor" stroke-width="2">
    <rect x="4" y="9" width="12" height="8" rx="1.5" /><path d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9" />
  </svg>`;
}
