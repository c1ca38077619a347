import type { RichInline, RichPart, RichText as RichTextBlock } from '../../slack/block-kit/rich-text.js';
import type { TextObject } from '../../slack/block-kit/text.js';
import { type Page, usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';
import { emojiOf, withEmoji } from './emoji.js';
import { decodeEntities, parseMrkdwn, type Run } from './mrkdwn.js';

/** A mrkdwn string, rendered. */
export function Mrkdwn({ text }: { text: string }): View {
  const page = usePage();
  return html`<span class="mrkdwn">${parseMrkdwn(text).map((run) => renderRun(run, page))}</span>`;
}

/** A text object: mrkdwn or plain. */
export function Text({ text }: { text: TextObject }): View {
  return text.type === 'mrkdwn'
    ? html`<${Mrkdwn} text=${text.text} />`
    : html`<span class="mrkdwn">${plain(text.text)}</span>`;
}

/** A plain_text string with its emoji, as Slack shows it. */
export function plain(text: string): string {
  return withEmoji(decodeEntities(text));
}

function renderRun(run: Run, page: Page): View {
  const inner = 'runs' in run ? run.runs.map((one) => renderRun(one, page)) : null;
  switch (run.kind) {
    case 'text':
      return run.text;
    case 'bold':
      return html`<b>${inner}</b>`;
    case 'italic':
      return html`<i>${inner}</i>`;
    case 'strike':
      return html`<s>${inner}</s>`;
    case 'quote':
      return html`<blockquote>${inner}</blockquote>`;
    case 'code':
      return html`<code>${run.text}</code>`;
    case 'pre':
      return html`<pre>${run.text}</pre>`;
    case 'link':
      return link(run.url, run.text);
    case 'broadcast':
      return html`<span class="mention">@${run.range}</span>`;
    case 'user':
    case 'channel':
    case 'usergroup':
      return mention(run.kind, run.id, page);
    default:
      return null;
  }
}

/** A link that leaves the page; anything but web and mail addresses stays text. */
function link(url: string, text: string): View {
  if (!/^(https?:|mailto:)/.test(url)) return text;
  return html`<a href=${url} target="_blank" rel="noreferrer">${text}</a>`;
}

function mention(kind: 'user' | 'channel' | 'usergroup', id: string, page: Page): View {
  const { state } = page;
  if (kind === 'channel') {
    const name = state.channelNames[id] ?? id;
    return html`<button type="button" class="mention" onClick=${() => page.openConversation(id)}>#${name}</button>`;
  }
  const name =
    kind === 'user'
      ? id === state.app.userId
        ? state.app.name
        : state.people.find((person) => person.id === id)?.name
      : state.userGroups.find((group) => group.id === id)?.handle;
  return html`<span class=${id === state.me.id ? 'mention mine' : 'mention'}>@${name ?? id}</span>`;
}

/** A rich_text block or table cell. */
export function RichText({ block }: { block: RichTextBlock }): View {
  const page = usePage();
  return html`<div class="rich-text">${block.elements.map((part) => renderPart(part, page))}</div>`;
}

function renderPart(part: RichPart, page: Page): View {
  switch (part.type) {
    case 'rich_text_section':
      return html`<div>${inlines(part.elements, page)}</div>`;
    case 'rich_text_preformatted':
      return html`<pre>${inlines(part.elements, page)}</pre>`;
    case 'rich_text_quote':
      return html`<blockquote>${inlines(part.elements, page)}</blockquote>`;
    case 'rich_text_list': {
      const items = part.elements.map((item) => html`<li>${inlines(item.elements, page)}</li>`);
      const style = `margin-left: ${(part.indent ?? 0) * 20}px`;
      return part.style === 'ordered'
        ? html`<ol style=${style} start=${(part.offset ?? 0) + 1}>${items}</ol>`
        : html`<ul style=${style}>${items}</ul>`;
    }
    default:
      return null;
  }
}

function inlines(elements: readonly RichInline[], page: Page): View {
  return elements.map((element) => {
    const style = 'style' in element ? (element.style ?? {}) : {};
    let shown: View = inline(element, page);
    if (style.code) shown = html`<code>${shown}</code>`;
    if (style.bold) shown = html`<b>${shown}</b>`;
    if (style.italic) shown = html`<i>${shown}</i>`;
    if (style.underline) shown = html`<u>${shown}</u>`;
    return style.strike ? html`<s>${shown}</s>` : shown;
  });
}

function inline(element: RichInline, page: Page): View {
  switch (element.type) {
    case 'text':
      return element.text;
    case 'link':
      return link(element.url, element.text ?? element.url);
    case 'emoji':
      return emojiOf(element.name) ?? `:${element.name}:`;
    case 'user':
      return mention('user', element.user_id, page);
    case 'channel':
      return mention('channel', element.channel_id, page);
    case 'usergroup':
      return mention('usergroup', element.usergroup_id, page);
    case 'broadcast':
      return html`<span class="mention">@${element.range}</span>`;
    case 'color':
      return element.value;
    case 'date':
      return element.fallback ?? new Date(element.timestamp * 1000).toLocaleString();
    default:
      return null;
  }
}
