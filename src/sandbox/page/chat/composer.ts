import { useRef, useState } from 'preact/hooks';
import type { SandboxCommand, SuggestedPrompt } from '../../slack/model.js';
import { DotsMenu } from '../blocks/dots-menu.js';
import { usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';

interface Props {
  readonly channel: string;
  /** Questions that the app offers to be asked. */
  readonly prompts?: readonly SuggestedPrompt[];
  readonly threadTs?: string;
  readonly placeholder: string;
}

/** Where messages and slash commands are written. Enter sends, Shift+Enter starts a line, Tab completes a command. */
export function Composer({ channel, threadTs, placeholder, prompts = [] }: Props): View {
  const { state } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, setText, isBusy, send } = useDraft(channel, threadTs);
  const [active, setActive] = useState(0);
  const offered = threadTs === undefined ? matching(state.commands, text) : [];
  const type = (next: string): void => {
    setText(next);
    setActive(0);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const picked = offered[active];
    const isCompleting = ['Tab', 'Enter'].includes(event.key) && picked && picked.command !== text.trim();
    const isSending = event.key === 'Enter' && !event.shiftKey && !event.isComposing;
    if (isCompleting || isSending || (step !== 0 && picked)) event.preventDefault();
    if (step !== 0 && picked) setActive((active + step + offered.length) % offered.length);
    else if (isCompleting) type(`${picked.command} `);
    else if (isSending) void send().then(() => field.current?.focus());
  };
  return html`<div class="composer">
    <${Prompts} channel=${channel} prompts=${prompts} />
    ${
      offered.length > 0
        ? html`<${CommandList} commands=${offered} active=${active} onPick=${(one: SandboxCommand) => type(`${one.command} `)} />`
        : null
    }
    <div class="composer-box">
      ${threadTs === undefined ? html`<${Shortcuts} />` : null}
      <textarea
        ref=${field}
        rows="1"
        aria-label=${threadTs === undefined ? 'Message' : 'Reply in thread'}
        placeholder=${placeholder}
        value=${text}
        onInput=${(event: { currentTarget: HTMLTextAreaElement }) => type(event.currentTarget.value)}
        onKeyDown=${onKeyDown}
      ></textarea>
      <button type="button" class="send" aria-label="Send" disabled=${text.trim() === '' || isBusy} onClick=${() => void send()}>
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><path d="M2.5 3.2 18 10 2.5 16.8l1.6-6L12 10 4.1 9.2z" fill="currentColor" /></svg>
      </button>
    </div>
  </div>`;
}

/** What the app offers to be asked; a press asks it. */
function Prompts({ channel, prompts }: { channel: string; prompts: readonly SuggestedPrompt[] }): View {
  const { act } = usePage();
  if (prompts.length === 0) return null;
  return html`<div class="prompts" role="group" aria-label="Suggested questions">
    ${prompts.map(({ title, message }) => html`<button type="button" key=${title} title=${message} onClick=${() => void act({ do: 'message', channel, text: message })}>${title}</button>`)}
  </div>`;
}

/** The app's global shortcuts under a lightning bolt. */
function Shortcuts(): View {
  const { state, act } = usePage();
  const items = state.globalShortcuts.map(({ callbackId, name }) => {
    return { value: callbackId, title: name, note: state.app.name };
  });
  if (items.length === 0) return null;
  const run = (callbackId: string): void => void act({ do: 'shortcut', callbackId });
  return html`<${DotsMenu} className="tool bolt" label="Shortcuts" icon=${html`<${BoltIcon} />`} items=${items} onPick=${run} />`;
}

function BoltIcon(): View {
  return html`<svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" aria-hidden="true">
    <path d="M11.2 2.5 4.5 11.3h4.6l-.8 6.2 7-9.3h-4.8z" />
  </svg>`;
}

interface Draft {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly isBusy: boolean;
  readonly send: () => Promise<void>;
}

/** What is being written; a message that could not be sent is given back. */
function useDraft(channel: string, threadTs: string | undefined): Draft {
  const { act, toast } = usePage();
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    const typed = text.trim();
    if (typed === '' || isBusy) return;
    const isCommand = /^\/[a-z]/.test(typed);
    if (isCommand && threadTs !== undefined) {
      toast('Slash commands cannot be used in threads.');
      return;
    }
    setBusy(true);
    setText('');
    const isSent = isCommand
      ? await act({ do: 'command', channel, text: typed })
      : await act({ do: 'message', channel, text: typed, ...(threadTs === undefined ? {} : { threadTs }) });
    if (!isSent && !isCommand) setText(typed);
    setBusy(false);
  };
  return { text, setText, isBusy, send };
}

function CommandList(props: {
  commands: readonly SandboxCommand[];
  active: number;
  onPick: (command: SandboxCommand) => void;
}): View {
  return html`<div class="commands" role="listbox" aria-label="Commands">
    <p>Commands</p>
    ${props.commands.map(
      (command, index) => html`<div
        role="option"
        key=${command.command}
        class=${index === props.active ? 'command active' : 'command'}
        aria-selected=${index === props.active}
        onMouseDown=${(event: MouseEvent) => event.preventDefault()}
        onClick=${() => props.onPick(command)}
      >
        <b>${command.command}</b> <code>${command.usageHint ?? ''}</code><span>${command.description}</span>
      </div>`,
    )}
  </div>`;
}

/** Commands that what is typed may become; none once there are words after it. */
function matching(commands: readonly SandboxCommand[], text: string): readonly SandboxCommand[] {
  if (!/^\/[a-z-]*$/.test(text)) return [];
  return commands.filter(({ command }) => command.startsWith(text));
}
