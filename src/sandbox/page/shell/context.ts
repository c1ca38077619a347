import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PageState } from '../../story.js';
import type { WebAct } from '../../web-acts.js';

/** A `WebAct` without the person: the page adds who is acting. */
export type Deed = WebAct extends infer Act ? (Act extends { as: string } ? Omit<Act, 'as'> : never) : never;

/** What every component may know and do. */
export interface Page {
  readonly state: PageState;
  /** Does something as the current person; a failure is shown as a toast. Resolves to whether it went well. */
  readonly act: (deed: Deed) => Promise<boolean>;
  readonly toast: (sentence: string) => void;
  readonly openConversation: (id: string) => void;
  readonly openThread: (threadTs: string | null) => void;
}

/** The page's context. */
export const PageContext = createContext<Page | null>(null);

/** The page around a component. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('usePage outside of the page');
  return page;
}
