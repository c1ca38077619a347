import { Text } from '../chat/text.js';
import { html, type View } from '../shell/html.js';
import type { ElementOf, ElementProps } from './element-props.js';
import { answerIn, asList, usePanel } from './panel.js';

/** Radio buttons or checkboxes. */
export function ChoiceGroup(props: ElementProps<ElementOf<'radio_buttons'> | ElementOf<'checkboxes'>>): View {
  const { blockId, element, label, isSilent } = props;
  const panel = usePanel();
  const name = { blockId, actionId: element.action_id ?? '' };
  const chosen = asList(answerIn(panel, name));
  const isMany = element.type === 'checkboxes';
  const toggle = (value: string): void => {
    const without = chosen.filter((one) => one !== value);
    const next = isMany ? (chosen.includes(value) ? without : [...without, value]) : value;
    panel.change(name, next, !isSilent);
  };
  return html`<div class="choices" role=${isMany ? 'group' : 'radiogroup'} aria-label=${label ?? 'Choose'}>
    ${element.options.map(
      (option) => html`<label key=${option.value}>
        <input
          type=${isMany ? 'checkbox' : 'radio'}
          name=${`${blockId} ${name.actionId}`}
          checked=${chosen.includes(option.value)}
          onChange=${() => toggle(option.value)}
        />
        <span>
          <${Text} text=${option.text} />
          ${option.description ? html`<small><${Text} text=${option.description} /></small>` : null}
        </span>
      </label>`,
    )}
  </div>`;
}
