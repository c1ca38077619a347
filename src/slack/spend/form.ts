import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { plain, section } from '../kit/blocks.js';
import { formView, input, textInput } from '../kit/inputs.js';

/** The form in which spend is asked about. */
export const ASK_VIEW_ID = 'spend.ask-form';

const QUESTION = { block: 'question', action: 'spend.question' } as const;
const PLACE = { block: 'place', action: 'spend.place' } as const;

/** Asks what somebody wants to know, and where they want to read it. */
export function askView(): ModalView {
  return formView({
    id: ASK_VIEW_ID,
    title: 'Ask about spend',
    submit: 'Ask',
    blocks: [
      section(
        'A team, product, person, model or key, a period and a grouping, in any order. Empty: the whole company this month.',
      ),
      input({
        block: QUESTION.block,
        label: 'Question',
        optional: true,
        element: textInput(QUESTION.action, {
          max: 300,
          value: null,
          placeholder: 'team search last month by model',
        }),
      }),
      input({
        block: PLACE.block,
        label: 'Answer in',
        hint: 'For your eyes only. Empty: in your messages with Apportion.',
        optional: true,
        element: {
          type: 'conversations_select',
          action_id: PLACE.action,
          default_to_current_conversation: true,
          response_url_enabled: true,
          placeholder: plain('Choose a conversation', 150),
        },
      }),
    ],
  });
}

/** The question as it was typed. */
export function readAsk({ state }: Pick<ViewOutput, 'state'>): string {
  return state.values[QUESTION.block]?.[QUESTION.action]?.value?.trim() ?? '';
}
