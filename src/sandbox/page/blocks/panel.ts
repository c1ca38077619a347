import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { RawAnswer, RawAnswers } from '../../slack/answers.js';
import type { ElementPlace } from '../../slack/stage.js';

/** One element, named for the server. */
export interface Name {
  readonly blockId: string;
  readonly actionId: string;
}

/** The message, modal or home tab around a block: what its elements hold and how they act. */
export interface Panel {
  readonly place: ElementPlace;
  readonly answers: RawAnswers;
  /** Answers not yet sent, for requests that the app answers by looking at them. */
  readonly unsent: RawAnswers;
  readonly errors: Readonly<Record<string, string>>;
  /** Keeps an answer; `isAct` also tells the app at once. */
  readonly change: (name: Name, value: RawAnswer, isAct: boolean) => void;
  /** Presses a button, or chooses in an overflow menu. */
  readonly press: (name: Name, value?: RawAnswer) => Promise<boolean>;
}

/** The panel's context. */
export const PanelContext = createContext<Panel | null>(null);

/** The panel around an element. */
export function usePanel(): Panel {
  const panel = useContext(PanelContext);
  if (!panel) throw new Error('usePanel outside of a message or view');
  return panel;
}

/** What an element holds right now. */
export function answerIn(panel: Panel, { blockId, actionId }: Name): RawAnswer {
  return panel.answers[blockId]?.[actionId] ?? null;
}

/** The answer as one text; `''` when empty. */
export function asText(answer: RawAnswer): string {
  return typeof answer === 'string' ? answer : (answer?.[0] ?? '');
}

/** The answer as a list. */
export function asList(answer: RawAnswer): readonly string[] {
  return typeof answer === 'string' ? [answer] : (answer ?? []);
}

/** Answers with one more. */
export function withAnswer(answers: RawAnswers, { blockId, actionId }: Name, value: RawAnswer): RawAnswers {
  return { ...answers, [blockId]: { ...answers[blockId], [actionId]: value } };
}

/** DOM id of an element: an input block's label points at it by the block alone. */
export function fieldId({ blockId, actionId }: Name, isInput = false): string {
  return isInput ? `field-${blockId}` : `field-${blockId}-${actionId}`;
}
