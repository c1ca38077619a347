import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { SeenConversation, SeenMessage } from '../../slack/snapshot.js';
import { html, type View } from '../shell/html.js';
import { MessageView } from './message.js';
import { dayKey, dayName } from './when.js';

/** Messages within this many seconds of the same author are drawn together. */
const TOGETHER_SECONDS = 300;

/** A conversation's messages with day dividers; follows new ones unless the reader has scrolled up. */
export function MessageList({ conversation }: { conversation: SeenConversation }): View {
  const shown = conversation.messages.filter((message) => message.threadTs === null || message.isBroadcast);
  const scroller = useFollow(`${conversation.id} ${shown.at(-1)?.ts}`);
  return html`<div class="messages" ref=${scroller} role="log" aria-label=${`Messages in ${conversation.name}`} tabindex="0">
    <${Beginning} conversation=${conversation} />
    ${shown.map((message, index) => {
      const before = shown[index - 1];
      const isNewDay = !before || dayKey(before.ts) !== dayKey(message.ts);
      return html`${isNewDay ? html`<div class="day"><span>${dayName(message.ts)}</span></div>` : null}
        <${MessageView}
          key=${message.ts}
          channel=${conversation.id}
          message=${message}
          replies=${conversation.messages.filter((reply) => reply.threadTs === message.ts)}
          isCompact=${!isNewDay && continues(before, message)}
        />`;
    })}
  </div>`;
}

/** Keeps a scroller at its end when `newest` changes. */
export function useFollow(newest: string): RefObject<HTMLDivElement> {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let height = element.scrollHeight;
    // A scroll event may come after an image has grown: then it tells nothing about what the reader wants.
    const onScroll = (): void => {
      if (element.scrollHeight !== height) return;
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    };
    const toEnd = (): void => {
      height = element.scrollHeight;
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    };
    // Images and re-rendered blocks grow after the message is there.
    const observer = new ResizeObserver(toEnd);
    for (const child of element.children) observer.observe(child);
    element.addEventListener('scroll', onScroll);
    toEnd();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [newest]);
  return scroller;
}

function continues(before: SeenMessage | undefined, message: SeenMessage): boolean {
  if (!before || message.blocks.length > 0 || before.isEphemeral !== message.isEphemeral) return false;
  const isSame = JSON.stringify(before.author) === JSON.stringify(message.author);
  return isSame && Number(message.ts) - Number(before.ts) < TOGETHER_SECONDS;
}

function Beginning({ conversation }: { conversation: SeenConversation }): View {
  if (conversation.kind === 'im') {
    return html`<div class="beginning"><p>This is the beginning of your direct messages with the app.</p></div>`;
  }
  return html`<div class="beginning">
    <h2>#${conversation.name}</h2>
    <p>${conversation.purpose || `This is the very beginning of #${conversation.name}.`}</p>
  </div>`;
}
