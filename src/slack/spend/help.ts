import type { KnownBlock } from '@slack/types';
import { APPORTION_WORDS, type ApportionWord } from '../../core/spend/commands.js';
import { ALERT_LIST_ID } from '../alerts/rollup-message.js';
import { OPEN_CLAIMS_ID } from '../claims/message.js';
import { OPEN_DIGEST_ID } from '../digests/form.js';
import { actions, button, code, context, header, type Message, plain, rich, section } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { displayName, literalMrkdwn } from '../kit/text.js';
import { MANAGE_RULES_ID } from '../rules/ids.js';
import { OPEN_SETTINGS_ID } from '../settings/index.js';

/** `/spend` texts that mean something in every company, the simplest first. */
export const QUESTIONS = [
  { text: '', what: 'What the whole company spends this month, by team' },
  { text: 'last week by model', what: 'Last week, by model: a period and a grouping, in any order' },
  { text: 'me', what: 'Your own use this month' },
  { text: 'team unallocated by key', what: 'What nobody owns yet, by API key' },
] as const;

/** The buttons that ask one of the questions; what they carry is a spend button's payload. */
export const QUESTION_IDS: readonly string[] = QUESTIONS.map((_, index) => `help.ask-${index}`);
/** The buttons that show what `/apportion WORD` shows. */
export const HELP_IDS = {
  home: 'help.home',
  sources: 'help.sources',
  people: 'help.people',
  claims: OPEN_CLAIMS_ID,
  alerts: ALERT_LIST_ID,
  budgets: 'help.budgets',
  invoices: 'help.invoices',
  digest: OPEN_DIGEST_ID,
  settings: OPEN_SETTINGS_ID,
} as const;

/** What each word shows, for the help; those that everyone has a use for first. */
const WORDS = [
  { word: 'home', what: 'This month at a glance, the same as the app’s Home tab' },
  { word: 'budgets', what: 'What teams have spent of their budgets; a month may follow' },
  { word: 'claims', what: 'What nobody owns yet, and what waits for your answer' },
  { word: 'alerts', what: 'Unusual spend that is open, and what is muted' },
  { word: 'invoices', what: 'What vendors ask for against the ledger; a month may follow' },
  { word: 'digest', what: 'A digest of any team or all spend: preview, send now, subscribe a channel' },
  { word: 'sources', what: 'Which bills are read, and through which day' },
  { word: 'people', what: 'Who is in which team; a part of a name may follow' },
  { word: 'settings', what: 'Channels, digests, alerts, roles, visibility: for FinOps' },
] as const;

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

function wordExample({ word, what }: (typeof WORDS)[number]): KnownBlock {
  return example(what, { id: HELP_IDS[word], command: `/apportion ${word}` });
}

/** What the app can do, on one screen, each line with a button that does it. */
export function helpMessage(): Message {
  const questions = QUESTIONS.map(({ text, what }, index) =>
    example(what, {
      id: QUESTION_IDS[index] ?? '',
      command: `/spend ${text}`.trim(),
      value: packPayload({ text }),
    }),
  );
  return withinLimits({
    text: 'Apportion: /spend, /rules, /apportion home, budgets, claims, alerts, invoices, digest, sources, people, close, settings.',
    blocks: [
      header('Apportion'),
      rich(['Who spent this AI money, on what, and is that all right? Press a button, or type it yourself:']),
      ...questions,
      ...WORDS.map(wordExample),
      example('Who pays for what: FinOps adds, edits, moves and retires rules; /rules history takes back', {
        id: MANAGE_RULES_ID,
        command: '/rules',
      }),
      rich(
        ['Name a team, a person, a model or a key: ', code('/spend team search last week by key')],
        ['Sign and lock a month: ', code('/apportion close 2026-10')],
      ),
      context(
        'A message to the app, or @Apportion in a channel, understands the same words without the slash.',
        'Answers to commands are for your eyes only until you press “Share to channel”.',
      ),
    ],
  });
}

/** Says which word was not understood, and offers the nearest ones, else all. */
export function unknownWordMessage(typed: string, near: readonly ApportionWord[]): Message {
  const isNear = near.length > 0;
  const offered = WORDS.filter(({ word }) => !isNear || near.includes(word));
  const sentence = `“${displayName(typed, 60)}” is nothing that /apportion knows.${isNear ? ' Did you mean:' : ''}`;
  return withinLimits({
    text: literalMrkdwn(sentence),
    blocks: [
      section(sentence),
      ...offered.map(wordExample),
      ...(near.includes('close')
        ? [rich(['Sign and lock a month: ', code('/apportion close 2026-10')])]
        : []),
      context('/apportion help shows everything. For money ask /spend, for the rules /rules.'),
    ],
  });
}

/** What else may be said to the app, below an answer that did not understand. */
export function otherWordsBlocks(near: readonly ApportionWord[]): readonly KnownBlock[] {
  const offered = WORDS.filter(({ word }) => near.includes(word));
  return [...offered.map(wordExample), context(`I also know: ${APPORTION_WORDS.join(', ')}, rules.`)];
}

/** Where digests are asked for without a click, which is what opens a form. */
export function digestFormMessage(): Message {
  const sentence = 'Preview a digest of a team or of all spend, send it now, or subscribe a channel.';
  return {
    text: sentence,
    blocks: [section(sentence), actions(button({ id: HELP_IDS.digest, label: 'Open digests' }))],
  };
}

/** Where settings are asked for without a click, which is what opens a form. */
export function settingsMessage(): Message {
  const sentence = 'FinOps changes channels, digests, alerts, roles and visibility in a form.';
  return {
    text: sentence,
    blocks: [section(sentence), actions(button({ id: HELP_IDS.settings, label: 'Open the settings' }))],
  };
}
