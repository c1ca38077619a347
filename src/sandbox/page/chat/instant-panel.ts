import { useState } from 'preact/hooks';
import type { RawAnswers } from '../../slack/answers.js';
import type { ElementPlace } from '../../slack/stage.js';
import { type Panel, withAnswer } from '../blocks/panel.js';
import { usePage } from '../shell/context.js';
import { copyOf } from '../shell/raw.js';

/** The panel of a message or home tab: every choice reaches the app at once, and is shown before it answers. */
export function useInstantPanel(place: ElementPlace, answers: RawAnswers): Panel {
  const { act } = usePage();
  const [chosen, setChosen] = useState<RawAnswers>({});
  return {
    place,
    answers: { ...answers, ...chosen },
    unsent: {},
    errors: {},
    change: (name, value) => {
      setChosen((before) => withAnswer(before, name, value));
      void act({ do: 'click', place, ...name, value: copyOf(value) });
    },
    press: async (name, value) => act({ do: 'click', place, ...name, value: copyOf(value ?? null) }),
  };
}
