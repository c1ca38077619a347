import { useEffect, useState } from 'preact/hooks';
import type { SeenConversation } from '../../slack/snapshot.js';
import { usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';
import { Composer } from './composer.js';
import { HomeTab } from './home-tab.js';
import { MessageList } from './message-list.js';

type Tab = 'home' | 'messages';

/** A channel, or the app with its Home and Messages tabs. */
export function ConversationView({ conversation }: { conversation: SeenConversation }): View {
  const { state, act } = usePage();
  const [tab, setTab] = useState<Tab>('home');
  const isIm = conversation.kind === 'im';
  const isReading = !isIm || tab === 'messages';
  const newest = conversation.messages.at(-1)?.ts;
  useEffect(() => {
    if (isReading) void act({ do: 'read', channel: conversation.id });
  }, [conversation.id, newest, isReading, state.me.id]);
  const name = isIm ? state.app.name : `#${conversation.name}`;
  const placeholder = isIm ? `Message ${state.app.name}` : `Message ${name}, or type / for a command`;
  return html`<main class="conversation" aria-label=${name}>
    <header class="pane-head">
      <h2>${name}</h2>
      <p class="purpose">${isIm ? 'App' : conversation.purpose}</p>
      ${isIm ? null : html`<span class="muted members">${conversation.members.length} people</span>`}
    </header>
    ${isIm ? html`<${Tabs} tab=${tab} onTab=${setTab} />` : null}
    ${
      isReading
        ? html`<${MessageList} key=${conversation.id} conversation=${conversation} />
          <${Composer} key=${conversation.id} channel=${conversation.id} placeholder=${placeholder} prompts=${conversation.prompts} />`
        : html`<${HomeTab} />`
    }
  </main>`;
}

function Tabs({ tab, onTab }: { tab: Tab; onTab: (tab: Tab) => void }): View {
  const { act } = usePage();
  const choose = (next: Tab): void => {
    if (next === 'messages') void act({ do: 'home', tab: 'messages' });
    onTab(next);
  };
  return html`<div class="tabs" role="tablist" aria-label="App">
    ${(['home', 'messages'] as const).map(
      (
        one,
      ) => html`<button type="button" role="tab" key=${one} aria-selected=${one === tab} onClick=${() => choose(one)}>
        ${one === 'home' ? 'Home' : 'Messages'}
      </button>`,
    )}
  </div>`;
}
