import { useEffect, useRef } from 'preact/hooks';
import type { SeenConversation } from '../../slack/snapshot.js';
import { usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';
import { Composer } from './composer.js';
import { MessageView } from './message.js';
import { useFollow } from './message-list.js';

/** The thread of one message, at the right. Escape closes it. */
export function ThreadPane({
  conversation,
  threadTs,
}: {
  conversation: SeenConversation;
  threadTs: string;
}): View {
  const { openThread } = usePage();
  const root = conversation.messages.find((message) => message.ts === threadTs);
  const replies = conversation.messages.filter((message) => message.threadTs === threadTs);
  const scroller = useFollow(`${threadTs} ${replies.at(-1)?.ts}`);
  const closer = useRef<HTMLButtonElement>(null);
  useEffect(() => closer.current?.focus(), [threadTs]);
  return html`<aside
    class="thread"
    aria-label="Thread"
    onKeyDown=${(event: KeyboardEvent) => {
      if (event.key === 'Escape') openThread(null);
    }}
  >
    <header class="pane-head">
      <h2>Thread <small>${conversation.kind === 'im' ? '' : `#${conversation.name}`}</small></h2>
      <button type="button" class="icon-button" ref=${closer} aria-label="Close thread" onClick=${() => openThread(null)}>×</button>
    </header>
    <div class="messages" ref=${scroller} tabindex="0" role="log" aria-label="Replies">
      ${
        root
          ? html`<${MessageView} channel=${conversation.id} message=${{ ...root, threadTs: root.ts }} replies=${[]} isCompact=${false} />`
          : html`<p class="muted padded">This message was deleted.</p>`
      }
      <div class="day"><span>${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</span></div>
      ${replies.map(
        (message) =>
          html`<${MessageView} key=${message.ts} channel=${conversation.id} message=${message} replies=${[]} isCompact=${false} />`,
      )}
    </div>
    <${Composer} channel=${conversation.id} threadTs=${threadTs} placeholder="Reply…" />
  </aside>`;
}
