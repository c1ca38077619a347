import { bullets, code, context, header, type Message, type RichLine, rich } from '../blocks.js';

const COMMANDS: readonly RichLine[] = [
  [code('/spend'), ' the whole company, this month, by team'],
  [code('/spend team search last week by key'), ' a team, a period, a grouping, in any order'],
  [code('/rules'), ' who pays for what: list, add, edit, move and retire rules, their history (FinOps)'],
  [code('/apportion home'), ' this month at a glance; the same as the app’s Home tab'],
  [code('/apportion sources'), ' which bills are read, and through which day'],
  [code('/apportion close 2026-10'), ' the checklist of a month, to sign and lock it'],
  [code('/apportion help'), ' this list'],
];

/** What the app can do, on one screen. */
export function helpMessage(): Message {
  return {
    text: 'Apportion: /spend, /rules, /apportion home, /apportion sources.',
    blocks: [
      header('Apportion'),
      rich(['Who spent this AI money, on what, and is that all right?']),
      bullets(COMMANDS),
      context('Answers are for your eyes only until you press “Share to channel”.'),
    ],
  };
}
