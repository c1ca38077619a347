import type { KnownBlock } from '@slack/types';
import { button, code, context, header, type Message, plain, rich, section } from '../blocks.js';
import { withinLimits } from '../limits.js';
import { packPayload } from '../payload.js';
import { displayName } from '../text.js';
import { MANAGE_RULES_ID } from './home.js';

/** `/spend` texts that mean something in every company, the simplest first. */
const QUESTIONS = [
  { text: '', what: 'What the whole company spends this month, by team' },
  { text: 'last week by model', what: 'Last week, by model: a period and a grouping, in any order' },
  { text: 'me', what: 'Your own use this month' },
  { text: 'team unallocated by key', what: 'What nobody owns yet, by API key' },
] as const;

/** The buttons that ask one of the questions; what they carry is a spend button's payload. */
export const QUESTION_IDS: readonly string[] = QUESTIONS.map((_, index) => `help.ask-${index}`);
/** The buttons that show what `/apportion WORD` shows. */
export const HELP_IDS = { home: 'help.home', sources: 'help.sources' } as const;

function example(
  what: string,
  run: { readonly id: string; readonly command: string; value?: string },
): KnownBlock {
  const { id, command, value } = run;
  return {
    type: 'section',
    text: plain(what),
    accessory: button({
      id,
      label: command,
      spoken: `Run ${command}`,
      ...(value === undefined ? {} : { value }),
    }),
  };
}

/** What the app can do, on one screen, each line with a button that does it. `unknown`: the word nobody understood. */
export function helpMessage(unknown: string | null = null): Message {
  const questions = QUESTIONS.map(({ text, what }, index) =>
    example(what, {
      id: QUESTION_IDS[index] ?? '',
      command: `/spend ${text}`.trim(),
      value: packPayload({ text }),
    }),
  );
  return withinLimits({
    text: 'Apportion: /spend, /rules, /apportion home, /apportion sources.',
    blocks: [
      ...(unknown === null
        ? []
        : [section(`“${displayName(unknown, 60)}” is nothing that /apportion knows.`)]),
      header('Apportion'),
      rich(['Who spent this AI money, on what, and is that all right? Press a button, or type it yourself:']),
      ...questions,
      example('This month at a glance, the same as the app’s Home tab', {
        id: HELP_IDS.home,
        command: '/apportion home',
      }),
      example('Which bills are read, and through which day', {
        id: HELP_IDS.sources,
        command: '/apportion sources',
      }),
      example('Who pays for what: FinOps adds, edits, moves and retires rules; /rules history takes back', {
        id: MANAGE_RULES_ID,
        command: '/rules',
      }),
      rich(
        ['Name a team, a person, a model or a key: ', code('/spend team search last week by key')],
        ['Sign and lock a month: ', code('/apportion close 2026-10')],
      ),
      context('Answers are for your eyes only until you press “Share to channel”.'),
    ],
  });
}
