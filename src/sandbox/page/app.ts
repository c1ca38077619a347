import { render } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Snapshot } from '../slack/snapshot.js';
import { type Deed, type Page, PageContext } from './context.js';
import { ConversationView } from './conversation.js';
import { html, type View } from './html.js';
import { Modal } from './modal.js';
import { errorOf, fetchPeople, fetchState, listen, perform } from './server.js';
import { Sidebar } from './sidebar.js';
import { ThreadPane } from './thread-pane.js';
import { Toasts, useToasts } from './toasts.js';
import { TopBar } from './top-bar.js';

/** What Slack shows for errors that a person can meet. */
const SENTENCES: Readonly<Record<string, string>> = {
  operation_timeout: 'The app did not answer in three seconds (operation_timeout).',
  unknown_command: 'There is no such command.',
};

/** Who acts and where, kept in the address: `#U123/C456`. */
function readAddress(): { person: string | null; conversation: string | null } {
  const [person = '', conversation = ''] = location.hash.slice(1).split('/');
  return { person: person || null, conversation: conversation || null };
}

function App(): View {
  const [person, setPerson] = useState<string | null>(readAddress().person);
  const { toasts, toast } = useToasts();
  const state = useWorkspace(person, setPerson, toast);
  if (!state)
    return html`<p class="loading" role="status">Opening the workspace…</p><${Toasts} toasts=${toasts} />`;
  return html`<${Workspace} key=${state.me.id} state=${state} onPerson=${setPerson} toast=${toast} />
    <${Toasts} toasts=${toasts} />`;
}

/** The workspace as the person sees it, fetched anew at every change. */
function useWorkspace(
  person: string | null,
  setPerson: (id: string) => void,
  toast: (sentence: string) => void,
): Snapshot | null {
  const [state, setState] = useState<Snapshot | null>(null);
  const isLost = useRef(false);
  const load = useCallback(async () => {
    try {
      const as = person ?? (await fetchPeople())[0]?.id;
      if (as === undefined) return toast('There is nobody in this workspace.');
      if (person === null) return setPerson(as);
      setState(await fetchState(as));
      isLost.current = false;
    } catch (error) {
      if (person !== null && readAddress().person === person)
        setPerson((await fetchPeople())[0]?.id ?? person);
      toast(error instanceof Error ? error.message : 'The workspace did not load.');
    }
  }, [person]);
  useEffect(() => {
    void load();
    return listen(
      () => void load(),
      () => {
        if (!isLost.current) toast('The connection to the sandbox was lost; trying again.');
        isLost.current = true;
      },
    );
  }, [load]);
  return state;
}

function Workspace(props: {
  state: Snapshot;
  onPerson: (id: string) => void;
  toast: (sentence: string) => void;
}): View {
  const { state, onPerson, toast } = props;
  const [wanted, setWanted] = useState(readAddress().conversation);
  const [thread, setThread] = useState<string | null>(null);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const conversation = state.conversations.find((one) => one.id === wanted) ?? state.conversations[0];
  useEffect(() => {
    location.replace(`#${state.me.id}/${conversation?.id ?? ''}`);
  }, [state.me.id, conversation?.id]);
  const openConversation = (id: string): void => {
    if (!state.conversations.some((one) => one.id === id)) return toast('You are not in this channel.');
    setWanted(id);
    setThread(null);
    setMenuOpen(false);
  };
  const act = async (deed: Deed): Promise<boolean> => actAs(state.me.id, deed, toast);
  const page = useMemo(
    (): Page => ({ state, act, toast, openConversation, openThread: setThread }),
    [state, isMenuOpen, wanted],
  );
  const modal = state.modals.at(-1);
  return html`<${PageContext.Provider} value=${page}>
    <div class=${thread ? 'shell with-thread' : 'shell'}>
      <${TopBar} isMenuOpen=${isMenuOpen} onMenu=${() => setMenuOpen(!isMenuOpen)} onPerson=${onPerson} />
      <${Sidebar} current=${conversation?.id ?? ''} isOpen=${isMenuOpen} />
      ${conversation ? html`<${ConversationView} key=${conversation.id} conversation=${conversation} />` : null}
      ${conversation && thread ? html`<${ThreadPane} conversation=${conversation} threadTs=${thread} />` : null}
    </div>
    ${modal ? html`<${Modal} key=${modal.id} open=${modal} depth=${state.modals.length} />` : null}
  </${PageContext.Provider}>`;
}

async function actAs(as: string, deed: Deed, toast: (sentence: string) => void): Promise<boolean> {
  try {
    const error = errorOf(await perform({ ...deed, as }));
    if (error !== null) toast(SENTENCES[error] ?? error);
    return error === null;
  } catch (error) {
    toast(error instanceof Error ? error.message : 'Something went wrong.');
    return false;
  }
}

const root = document.querySelector('#app');
if (root) {
  root.replaceChildren();
  render(html`<${App} />`, root);
}
