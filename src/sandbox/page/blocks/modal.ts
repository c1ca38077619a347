import { useEffect, useState } from 'preact/hooks';
import type { RawAnswers } from '../../slack/answers.js';
import type { ModalView } from '../../slack/block-kit/blocks.js';
import type { SeenView } from '../../slack/snapshot.js';
import { plain } from '../chat/text.js';
import { usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';
import { Mark } from '../shell/people.js';
import { copyOf, toJson } from '../shell/raw.js';
import { submit } from '../shell/server.js';
import { useDialog } from '../shell/use-dialog.js';
import { Blocks } from './blocks.js';
import { type Panel, PanelContext, withAnswer } from './panel.js';

/** The topmost modal. What is typed stays in the page until an element acts or the form is submitted. */
export function Modal({ open, depth }: { open: SeenView<ModalView>; depth: number }): View {
  const { act, state } = usePage();
  const { view } = open;
  const form = useForm(open);
  const close = (all: boolean): void => void act({ do: 'close', viewId: open.id, all });
  const dialog = useDialog(() => close(false));
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    void form.send();
  };
  return html`<div class="backdrop" ref=${dialog} tabindex="-1">
    <form class="dialog" role="dialog" aria-modal="true" aria-labelledby="modal-title" aria-busy=${form.isBusy} novalidate onSubmit=${onSubmit}>
      <header class="dialog-head">
        ${
          depth > 1
            ? html`<button type="button" class="icon-button" aria-label="Back" onClick=${() => close(false)}>‹</button>`
            : html`<span class="dialog-mark" title=${state.app.name}><${Mark} /></span>`
        }
        <h2 id="modal-title">${plain(view.title.text)}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick=${() => close(true)}>×</button>
      </header>
      <div class="dialog-body" tabindex="-1">
        ${form.failure ? html`<p class="failure" role="alert">${form.failure}</p>` : null}
        <${PanelContext.Provider} value=${form.panel}><${Blocks} blocks=${view.blocks} /></${PanelContext.Provider}>
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button plain" onClick=${() => close(false)}>${view.close ? plain(view.close.text) : 'Cancel'}</button>
        ${
          view.submit
            ? html`<button type="submit" class="button primary" disabled=${form.isBusy || view.submit_disabled}>
              ${form.isBusy ? html`<span class="spinner" aria-hidden="true"></span>` : null} ${plain(view.submit.text)}
            </button>`
            : null
        }
      </footer>
    </form>
  </div>`;
}

interface Form {
  readonly panel: Panel;
  readonly isBusy: boolean;
  readonly failure: string | null;
  readonly send: () => Promise<void>;
}

function useForm(open: SeenView<ModalView>): Form {
  const { act, state } = usePage();
  const [typed, setTyped] = useState<RawAnswers>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  // After an update only what still has its place in the view is kept, as in Slack.
  useEffect(() => setTyped((before) => stillThere(before, open.answers)), [open.hash]);
  const current = stillThere(typed, open.answers);
  const place = { kind: 'view', viewId: open.id } as const;
  const send = async (): Promise<void> => {
    setBusy(true);
    setErrors({});
    setFailure(null);
    try {
      const result = await submit({
        do: 'submit',
        as: state.me.id,
        viewId: open.id,
        answers: toJson(current),
      });
      if (result.outcome === 'errors') setErrors(result.errors);
      if (result.outcome === 'failed')
        setFailure(`We had some trouble connecting. Try again? (${result.error})`);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : 'Something went wrong.');
    }
    setBusy(false);
  };
  const panel: Panel = {
    place,
    answers: merge(open.answers, current),
    unsent: current,
    errors,
    change: (name, value, isAct) => {
      const next = withAnswer(current, name, value);
      setTyped((before) => withAnswer(before, name, value));
      if (isAct) void act({ do: 'click', place, ...name, value: copyOf(value), answers: toJson(next) });
    },
    press: async (name, value) =>
      act({ do: 'click', place, ...name, value: copyOf(value ?? null), answers: toJson(current) }),
  };
  return { panel, isBusy, failure, send };
}

function merge(answers: RawAnswers, typed: RawAnswers): RawAnswers {
  const blocks = [...new Set([...Object.keys(answers), ...Object.keys(typed)])];
  return Object.fromEntries(blocks.map((block) => [block, { ...answers[block], ...typed[block] }]));
}

function stillThere(typed: RawAnswers, answers: RawAnswers): RawAnswers {
  return Object.fromEntries(
    Object.entries(typed).flatMap(([block, values]) => {
      const kept = Object.entries(values).filter(([action]) => answers[block]?.[action] !== undefined);
      return kept.length > 0 ? [[block, Object.fromEntries(kept)]] : [];
    }),
  );
}
