import type { SeenFile, SeenMessage } from '../../slack/snapshot.js';
import { Blocks } from '../blocks/blocks.js';
import { DotsMenu } from '../blocks/dots-menu.js';
import { PanelContext } from '../blocks/panel.js';
import { usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';
import { Avatar, faceOf } from '../shell/people.js';
import { emojiOf } from './emoji.js';
import { useInstantPanel } from './instant-panel.js';
import { Mrkdwn } from './text.js';
import { fullTimeOf, shortTimeOf, timeOf } from './when.js';

/** One message: who, when, what; `replies` are counted below it unless it stands in a thread pane. */
export function MessageView(props: {
  channel: string;
  message: SeenMessage;
  replies: readonly SeenMessage[];
  isCompact: boolean;
}): View {
  const { channel, message, replies, isCompact } = props;
  const { state, openThread } = usePage();
  const face = faceOf(state, message.author);
  const className = ['message', isCompact ? 'compact' : '', message.isEphemeral ? 'ephemeral' : ''].join(' ');
  return html`<article class=${className} aria-label=${`${face.name}, ${timeOf(message.ts)}`}>
    ${isCompact ? html`<time class="gutter" title=${fullTimeOf(message.ts)}>${shortTimeOf(message.ts)}</time>` : html`<${Avatar} face=${face} />`}
    <div class="message-main">
      ${message.isEphemeral ? html`<p class="only-you"><${EyeIcon} />Only visible to you</p>` : null}
      ${isCompact ? null : html`<${Byline} message=${message} name=${face.name} isApp=${face.kind !== 'person'} />`}
      <${MessageBody} channel=${channel} message=${message} />
      ${message.files.map((file) => html`<${FileView} key=${file.id} file=${file} />`)}
      ${
        message.reactions.length > 0
          ? html`<p class="reactions">
            ${message.reactions.map(({ name, users }) => html`<span key=${name} title=${`:${name}:`}>${emojiOf(name) ?? `:${name}:`} ${users.length}</span>`)}
          </p>`
          : null
      }
      ${replies.length > 0 ? html`<${ReplyBar} replies=${replies} onOpen=${() => openThread(message.ts)} />` : null}
    </div>
    ${
      message.isEphemeral || message.threadTs !== null
        ? null
        : html`<${MessageTools} channel=${channel} ts=${message.ts} />`
    }
  </article>`;
}

/** What can be done with a message: a thread, and the app's message shortcuts. */
function MessageTools({ channel, ts }: { channel: string; ts: string }): View {
  const { state, act, openThread } = usePage();
  const items = state.messageShortcuts.map(({ callbackId, name }) => {
    return { value: callbackId, title: name, note: state.app.name };
  });
  const run = (callbackId: string): void => void act({ do: 'shortcut', callbackId, on: { channel, ts } });
  return html`<div class="message-tools">
    <button type="button" aria-label="Reply in thread" title="Reply in thread" onClick=${() => openThread(ts)}><${ThreadIcon} /></button>
    ${items.length === 0 ? null : html`<${DotsMenu} className="tool" items=${items} onPick=${run} />`}
  </div>`;
}

function Byline({ message, name, isApp }: { message: SeenMessage; name: string; isApp: boolean }): View {
  return html`<p class="byline">
    <b>${name}</b>
    ${isApp ? html`<span class="app-badge">APP</span>` : null}
    <time title=${fullTimeOf(message.ts)}>${timeOf(message.ts)}</time>
  </p>`;
}

function MessageBody({ channel, message }: { channel: string; message: SeenMessage }): View {
  const panel = useInstantPanel({ kind: 'message', channel, ts: message.ts }, message.answers);
  if (message.blocks.length === 0) {
    return html`<div class="message-text">
      <${Mrkdwn} text=${message.text} />
      ${message.isEdited ? html`<small class="edited">(edited)</small>` : null}
    </div>`;
  }
  return html`<${PanelContext.Provider} value=${panel}><${Blocks} blocks=${message.blocks} /></${PanelContext.Provider}>`;
}

function ReplyBar({ replies, onOpen }: { replies: readonly SeenMessage[]; onOpen: () => void }): View {
  const { state } = usePage();
  const last = replies.at(-1);
  const faces = new Map(
    replies.map((reply) => [faceOf(state, reply.author).name, faceOf(state, reply.author)]),
  );
  return html`<button type="button" class="reply-bar" onClick=${onOpen}>
    ${[...faces.values()].slice(0, 3).map((face) => html`<${Avatar} face=${face} size=${22} />`)}
    <b>${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</b>
    <span class="muted">${last ? `Last reply ${timeOf(last.ts)}` : ''}</span>
  </button>`;
}

function FileView({ file }: { file: SeenFile }): View {
  if (!file.isReady) return html`<p class="file muted" role="status">${file.title} is being processed…</p>`;
  if (!file.isImage) {
    return html`<a class="file" href=${`/files/${file.id}`} download=${file.title}>${file.title}</a>`;
  }
  return html`<figure class="block-image">
    <figcaption>${file.title}</figcaption>
    <img src=${`/files/${file.id}`} alt=${file.altText || file.title} title=${file.altText} />
  </figure>`;
}

function EyeIcon(): View {
  return html`<svg viewBox="0 0 20 20" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">
    <path d="M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10z" /><circle cx="10" cy="10" r="2.5" />
  </svg>`;
}

function ThreadIcon(): View {
  return html`<svg viewBox="0 0 20 20" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">
    <path d="M3 4.5h14v9H9.5L6 16.5v-3H3z" stroke-linejoin="round" /><path d="M6.5 8h7M6.5 10.5h4.5" stroke-linecap="round" />
  </svg>`;
}
