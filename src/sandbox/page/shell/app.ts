import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PageState } from '../../story.js';
import { Modal } from '../blocks/modal.js';
import { ConversationView } from '../chat/conversation.js';
import { ThreadPane } from '../chat/thread-pane.js';
import { type Deed, type Page, PageContext } from './context.js';
import { html, type View } from './html.js';
import { errorOf, fetchPeople, fetchState, listen, perform } from './server.js';
import { Sidebar } from './sidebar.js';
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
  const { toasts, toast } = useToasts();
  const [person, setPerson] = usePerson(toast);
  const state = useWorkspace(person, toast);
  if (!state)
    return html`<p class="loading" role="status">Opening the workspace…</p><${Toasts} toasts=${toasts} />`;
  return html`<${Workspace} key=${state.me.id} state=${state} onPerson=${setPerson} toast=${toast} />
    <${Toasts} toasts=${toasts} />`;
}

/** Who is acting: the person in the address, else the first persona. Null until known. */
function usePerson(toast: (sentence: string) => void): [string | null, (id: string) => void] {
  const [person, setPerson] = useState<string | null>(null);
  useEffect(() => {
    const choose = async (): Promise<void> => {
      try {
        const people = await fetchPeople();
        const wanted = people.find((one) => one.id === readAddress().person);
        setPerson((wanted ?? people[0])?.id ?? null);
      } catch (error) {
        toast(sentenceOf(error));
      }
    };
    void choose();
  }, []);
  return [person, setPerson];
}

/** The workspace as the person sees it, fetched again at every change. */
function useWorkspace(person: string | null, toast: (sentence: string) => void): PageState | null {
  const [state, setState] = useState<PageState | null>(null);
  useEffect(() => {
    if (person === null) return undefined;
    let asked = 0;
    let shown = 0;
    let isLost = false;
    const load = async (): Promise<void> => {
      asked += 1;
      const mine = asked;
      try {
        const next = await fetchState(person);
        // Answers may overtake each other; an older one must not replace a newer.
        if (mine > shown) setState(next);
        shown = Math.max(shown, mine);
        isLost = false;
      } catch (error) {
        toast(sentenceOf(error));
      }
    };
    const stop = listen(
      () => void load(),
      () => {
        if (!isLost) toast('The connection to the sandbox was lost; trying again.');
        isLost = true;
      },
    );
    return () => {
      shown = Infinity;
      stop();
    };
  }, [person]);
  return state;
}

function Workspace(props: {
  state: PageState;
  onPerson: (id: string) => void;
  toast: (sentence: string) => void;
}): View {
  const { state, onPerson, toast } = props;
  const [wanted, setWanted] = useState(() => firstConversation(state));
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

/** The conversation in the address, else the first in which something has been said. */
function firstConversation({ conversations }: PageState): string | null {
  const addressed = readAddress().conversation;
  if (conversations.some((one) => one.id === addressed)) return addressed;
  return (conversations.find((one) => one.messages.length > 0) ?? conversations[0])?.id ?? null;
}

async function actAs(as: string, deed: Deed, toast: (sentence: string) => void): Promise<boolean> {
  try {
    const error = errorOf(await perform({ ...deed, as }));
    if (error !== null) toast(SENTENCES[error] ?? error);
    return error === null;
  } catch (error) {
    toast(sentenceOf(error));
    return false;
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong.';
}

const root = document.querySelector('#app');
if (root) {
  root.replaceChildren();
  render(html`<${App} />`, root);
}
