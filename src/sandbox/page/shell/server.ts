import type { SandboxPerson } from '../../slack/model.js';
import type { Submission } from '../../slack/submit.js';
import type { Suggestions } from '../../slack/use.js';
import type { PageState } from '../../story.js';
import type { WebAct } from '../../web-acts.js';

/** The page's server, asked. Each function throws an Error with a sentence for the person. */
async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Error('The sandbox does not answer. Is it still running?');
  }
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(errorOf(answer) ?? `The sandbox answered ${response.status}.`);
  // Our own server wrote this answer from the types that are imported here.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return answer as T;
}

/** The `error` of an answer such as `{ok: false, error}`, or null. */
export function errorOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return null;
  return typeof answer.error === 'string' ? answer.error : null;
}

/** Everybody one can act as. */
export async function fetchPeople(): Promise<readonly SandboxPerson[]> {
  return ask('/api/people');
}

/** All that a person sees. */
export async function fetchState(as: string): Promise<PageState> {
  return ask(`/api/state?as=${encodeURIComponent(as)}`);
}

/** Does something; see `WebAct` for what there is. */
export async function perform(act: WebAct): Promise<unknown> {
  return post(act);
}

/** Submits a modal. */
export async function submit(act: Extract<WebAct, { do: 'submit' }>): Promise<Submission> {
  return post(act);
}

/** Asks what an external menu offers. */
export async function suggest(act: Extract<WebAct, { do: 'suggest' }>): Promise<Suggestions> {
  return post(act);
}

/** Uploads a text file for a file input; answers the id by which the input names it. */
export async function upload(act: Extract<WebAct, { do: 'upload' }>): Promise<{ readonly fileId: string }> {
  return post(act);
}

async function post<T>(act: WebAct): Promise<T> {
  return ask('/api/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(act),
  });
}

/** Calls back at every change of the workspace and after every reconnect; returns how to stop. */
export function listen(onChange: () => void, onLost: () => void): () => void {
  const events = new EventSource('/api/events');
  events.addEventListener('message', onChange);
  events.addEventListener('open', onChange);
  events.addEventListener('error', onLost);
  return () => {
    events.close();
  };
}
